import type { SecurityEvent, StationRef } from '@voltbus/contracts';
import { seenEvent, type SecurityEvents } from '../security-events';
import type { DeviceConfigTelemetry } from '../telemetry';
import type { IdentityConflict } from './domain/identity-conflict';
import type { TakeOver, TypeormTakeOvers } from './typeorm-take-overs';

/** Addresses, the latest, that a security event names. */
const SHOWN_ADDRESSES = 3;

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
    private readonly securityEvents: Pick<SecurityEvents, 'record'>,
  ) {}

  /** Each beginning counts once, however often it is delivered. */
  async onConnected(beginnings: readonly Beginning[], now: Date): Promise<void> {
    const found = await this.store.writeMany(beginnings.flatMap(takeOverOf), now);
    for (const { tenant, station, conflict } of found) this.telemetry.inConflict({ tenant, station }, conflict);
    await this.securityEvents.record(found.map(({ conflict, ...ref }) => conflictEvent(ref, conflict, now)));
  }
}

function takeOverOf({ tenant, station, remoteAddress: address, tookOver, epoch, at }: Beginning): TakeOver[] {
  return tookOver === true && address !== undefined ? [{ tenant, station, address, epoch, at }] : [];
}

function conflictEvent(ref: StationRef, { addresses }: IdentityConflict, now: Date): SecurityEvent {
  const info = `its connections take their place from each other, from ${addresses
    .slice(0, SHOWN_ADDRESSES)
    .map(({ address }) => address)
    .join(', ')}`;
  return seenEvent(ref, { type: 'identity-conflict', severity: 'critical', at: now.toISOString(), info, remoteAddress: null });
}
