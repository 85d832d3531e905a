import { STATIONS, deterministicId, stationKey, type EventType, type StationGrouping, type StationRef } from '@voltbus/contracts';
import type { OutboxEvent } from '@voltbus/database';

/** The station belongs to this group from now on. */
export function stationGrouped(grouping: StationGrouping, at: Date): OutboxEvent {
  return stationEvent(STATIONS.events.grouped, grouping, at);
}

/** The station is in no group any more, and other services may remove what they store of it. */
export function stationDeleted({ tenant, station }: StationRef, at: Date): OutboxEvent {
  return stationEvent(STATIONS.events.deleted, { tenant, station, group: null }, at);
}

function stationEvent({ topic, type }: EventType<StationGrouping>, value: StationGrouping, at: Date): OutboxEvent {
  const { tenant, station } = value;
  const time = at.toISOString();
  const kind = type?.split('.').at(-1) ?? '';
  return {
    topic,
    ref: { tenant, station },
    event: {
      id: deterministicId(tenant, station, kind, time),
      type: type ?? '',
      source: '/voltbus/device-config',
      time,
      subject: stationKey(value),
      tenant,
    },
    value,
  };
}
