import { STATIONS, deterministicId, type StationGrouping, type StationRef } from '@voltbus/contracts';
import { outboxEvent, type OutboxEvent } from '@voltbus/database';

/** The station belongs to this group from now on. */
export function stationGrouped(grouping: StationGrouping, at: Date): OutboxEvent {
  return stationEvent('grouped', grouping, at);
}

/** The station is in no group any more, and other services may remove what they store of it. */
export function stationDeleted({ tenant, station }: StationRef, at: Date): OutboxEvent {
  return stationEvent('deleted', { tenant, station, group: null }, at);
}

function stationEvent(kind: keyof typeof STATIONS.events, value: StationGrouping, at: Date): OutboxEvent {
  const time = at.toISOString();
  const id = deterministicId(value.tenant, value.station, kind, time);
  return outboxEvent(STATIONS.events[kind], { id, ref: value, time, value });
}
