import type { FrameCopy } from '@voltbus/contracts';
import { among, before, notBefore, type ListDefinition } from '@voltbus/database';

export interface MessageFilters {
  station: string;
  /** The tenant keeps no older ones. */
  keptSince: Date;
  direction?: FrameCopy['direction'][] | undefined;
  type?: FrameCopy['type'][] | undefined;
  action?: string[] | undefined;
  messageId?: string[] | undefined;
  /** Inclusive. */
  from?: string | undefined;
  /** Exclusive. */
  to?: string | undefined;
}
export type MessageSort = 'at';

export interface FrameRow {
  at: Date;
  seq: string;
  direction: FrameCopy['direction'];
  type: FrameCopy['type'];
  message_id: string | null;
  action: string | null;
  latency_ms: number | null;
  bytes: number;
  cut: boolean;
  payload: string | null;
}

/** `GET /v1/stations/{station}/messages`. */
export const MESSAGE_LIST: ListDefinition<MessageFilters, MessageSort> = {
  columns: 'at, seq, direction, type, message_id, action, latency_ms, bytes, cut, payload',
  from: 'device_config.frames',
  owner: 'tenant',
  station: 'station',
  id: [
    { sql: 'at', type: 'timestamptz' },
    { sql: 'seq', type: 'bigint' },
  ],
  sorts: { at: [] },
  filters: {
    station: (station, bind) => `station = ${bind(station)}`,
    keptSince: (since, bind) => `at > ${bind(since)}`,
    direction: among('direction'),
    type: among('type'),
    action: among('action'),
    messageId: among('message_id'),
    from: notBefore('at'),
    to: before('at'),
  },
};
