import type { DeviceConfigTelemetry } from '../telemetry';
import type { TakeOver, TypeormTakeOvers } from './typeorm-take-overs';

/** A beginning of a connection, and whether it took the place of another one of its station. */
interface Beginning extends Omit<TakeOver, 'address'> {
  remoteAddress?: string | undefined;
  tookOver?: boolean | undefined;
}

/** Finds stations whose connections keep taking their place from each other. */
export class IdentityConflicts {
  constructor(
    private readonly store: TypeormTakeOvers,
    private readonly telemetry: DeviceConfigTelemetry,
  ) {}

  /** Each beginning counts once, however often it is delivered. */
  async onConnected(beginnings: readonly Beginning[], now: Date): Promise<void> {
    for (const { tenant, station, conflict } of await this.store.writeMany(beginnings.flatMap(takeOverOf), now))
      this.telemetry.inConflict({ tenant, station }, conflict);
  }
}

function takeOverOf({ tenant, station, remoteAddress: address, tookOver, epoch, at }: Beginning): TakeOver[] {
  return tookOver === true && address !== undefined ? [{ tenant, station, address, epoch, at }] : [];
}
