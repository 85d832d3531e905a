import type { Statement } from '../connection/statement';
import { OUTBOX_SHARDS } from './typeorm-outbox';

/** Rows taken at once from each shard, and bytes of their values: a few large ones are as much work as many small ones. */
export const BATCH = 500;
export const BATCH_BYTES = 1_048_576;

/** What is asked with every batch: planned once per connection, since a batch is often of one event. */
export function relayStatements(schema: string): Record<'waiting' | 'lock' | 'oldest' | 'remove', Statement> {
  return {
    waiting: {
      name: `outbox-waiting-${schema}`,
      text: `SELECT shard FROM generate_series(0, ${OUTBOX_SHARDS - 1}) AS shards (shard)
        WHERE EXISTS (SELECT FROM ${schema}.outbox WHERE outbox.shard = shards.shard)`,
    },
    lock: {
      name: 'outbox-lock',
      text: `SELECT shard, pg_try_advisory_xact_lock(hashtextextended($1 || shard, 0)) AS locked, set_config('idle_in_transaction_session_timeout', $2, true)
        FROM unnest($3::smallint[]) AS waiting (shard)`,
    },
    oldest: {
      name: `outbox-oldest-${schema}`,
      text: `SELECT id, topic, key, headers, value FROM unnest($1::smallint[]) AS mine (shard) CROSS JOIN LATERAL (
          SELECT *, sum(octet_length(value)) OVER (ORDER BY id) - octet_length(value) AS bytes_before
          FROM (SELECT id, topic, key, headers, value FROM ${schema}.outbox WHERE outbox.shard = mine.shard ORDER BY id LIMIT ${BATCH}) AS oldest
        ) AS batch WHERE bytes_before < ${BATCH_BYTES} ORDER BY id`,
    },
    remove: { name: `outbox-remove-${schema}`, text: `DELETE FROM ${schema}.outbox WHERE id = ANY($1::bigint[])` },
  };
}
