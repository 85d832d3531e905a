import type { Attempt, DeathReason, DeliveryState } from '../domain/delivery';

/** A row of `webhooks.deliveries` as the driver returns it, without its body. */
export interface DeliveryRow {
  id: string;
  tenant: string;
  station: string;
  event_id: string;
  event_type: string;
  event_time: Date;
  bytes: number;
  state: DeliveryState;
  reason: DeathReason | null;
  tries: number;
  attempts: Attempt[];
  replays: number;
  created_at: Date;
  ended_at: Date | null;
}

export const DELIVERY_COLUMNS = `d.id, d.tenant, d.station, d.event_id, d.event_type, d.event_time, d.bytes, d.state, d.reason, d.tries, d.attempts, d.replays,
  d.created_at, d.ended_at`;

export interface StoredDelivery {
  id: string;
  /** Null: a test. */
  station: string | null;
  eventId: string;
  eventType: string;
  eventTime: string;
  bytes: number;
  state: DeliveryState;
  reason: DeathReason | null;
  attempts: Attempt[];
  replays: number;
  createdAt: string;
  endedAt: string | null;
}

export function toDelivery(row: DeliveryRow): StoredDelivery {
  return {
    id: row.id,
    station: row.station === '' ? null : row.station,
    eventId: row.event_id,
    eventType: row.event_type,
    eventTime: row.event_time.toISOString(),
    bytes: row.bytes,
    state: row.state,
    reason: row.reason,
    attempts: row.attempts,
    replays: row.replays,
    createdAt: row.created_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
  };
}
