import type { EventType } from '@voltbus/contracts';
import type { Service } from '@voltbus/service';
import { deliverEvents, eventRecord } from '@voltbus/service/testing';

/** Hands events about the stations that their values name to the blocks that subscribe to them. The values may be wrong on purpose. */
export function deliver(service: Service, event: EventType, values: readonly object[]): Promise<void> {
  const records = values.map((value) => {
    const { tenant, station }: { tenant?: string | null; station?: string | null } = value;
    return eventRecord(event, value, { tenant: tenant ?? undefined, station: station ?? undefined });
  });
  return deliverEvents(service, event, records);
}
