import { among, before, isTrue, notBefore, type ListDefinition } from '@voltbus/database';

/** Bytes of each value in a list: a value may be as large as a station's frame, and a page has many. */
export const MAX_LISTED_BYTES = 4_096;

export interface DeadLetterFilters {
  station?: string[] | undefined;
  topic?: string[] | undefined;
  consumer?: string[] | undefined;
  handler?: string[] | undefined;
  kind?: string[] | undefined;
  replayed?: boolean | undefined;
  /** By `diedAt`, inclusive. */
  from?: string | undefined;
  /** By `diedAt`, exclusive. */
  to?: string | undefined;
}
export type DeadLetterSort = 'diedAt';

/** `GET /v1/dead-letters`. */
export const DEAD_LETTER_LIST: ListDefinition<DeadLetterFilters, DeadLetterSort> = {
  columns: `tenant, id, key, topic, partition, "offset", consumer, handler, kind, error, attempts, died_at, replayed_at, headers,
    substring(value FROM 1 FOR ${MAX_LISTED_BYTES}) AS value, octet_length(value) AS value_bytes`,
  from: 'router.dead_letters',
  owner: 'tenant',
  id: [{ sql: 'id', type: 'uuid' }],
  sorts: { diedAt: [{ sql: 'died_at', type: 'timestamptz' }] },
  filters: {
    station: among(`(CASE WHEN starts_with(key, tenant || '/') THEN substr(key, length(tenant) + 2) END)`),
    topic: among('topic'),
    consumer: among('consumer'),
    handler: among('handler'),
    kind: among('kind'),
    replayed: isTrue('replayed_at IS NOT NULL'),
    from: notBefore('died_at'),
    to: before('died_at'),
  },
};
