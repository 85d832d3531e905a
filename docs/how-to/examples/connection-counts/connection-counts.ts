import type { ConnectionEvent, StationRef } from '@voltbus/contracts';
import { dayOf } from './day';
import type { TypeormConnectionCounts } from './typeorm-connection-counts';

export class ConnectionCounts {
  constructor(private readonly parts: { store: TypeormConnectionCounts; now(): Date }) {}

  onConnected({ tenant, station, at, epoch }: ConnectionEvent): Promise<void> {
    return this.parts.store.add({ tenant, station }, dayOf(new Date(at)), epoch);
  }

  today(ref: StationRef): Promise<number> {
    return this.parts.store.find(ref, dayOf(this.parts.now()));
  }
}
