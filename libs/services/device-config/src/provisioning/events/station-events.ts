import {
  STATIONS,
  deterministicId,
  type EventType,
  type StationDescription,
  type StationGrouping,
  type StationRef,
} from '@voltbus/contracts';
import { outboxEvent, type OutboxEvent } from '@voltbus/database';

/** The station belongs to this group from now on. */
export function stationGrouped(grouping: StationGrouping, at: Date): OutboxEvent {
  return stationEvent(STATIONS.events.grouped, grouping, at);
}

/** The station is in no group any more, and other services may remove what they store of it. */
export function stationDeleted({ tenant, station }: StationRef, at: Date): OutboxEvent {
  return stationEvent(STATIONS.events.deleted, { tenant, station, group: null }, at);
}

/** The station has this name, place, labels and EVSE ids from now on. */
export function stationDescribed(description: StationDescription, at: Date): OutboxEvent {
  return stationEvent(STATIONS.events.described, description, at);
}

function stationEvent<T extends StationRef>(type: EventType<T, string>, value: T, at: Date): OutboxEvent {
  const time = at.toISOString();
  const id = deterministicId(value.tenant, value.station, type.type, time);
  return outboxEvent(type, { id, ref: value, time, value });
}
