import { DEFAULT_INSTALLATION, sourceOf, stationKey, toCloudEventHeaders } from '@voltbus/contracts';
import { activeTraceparent } from '@voltbus/telemetry';
import type { EntityManager, QueryRunner } from 'typeorm';
import type { Statement } from '../connection/statement';
import { prepared } from '../connection/typeorm-prepared';
import type { Migration } from '../migrations/migration';
import type { OutboxEvent } from './outbox-event';

/** Rows of one shard leave in order; shards are relayed one after the other by the process that gets their lock. */
export const OUTBOX_SHARDS = 16;
/** SQL: the shard of a row, by its key. */
export const SHARD_OF_KEY = `abs(hashtext(key) % ${OUTBOX_SHARDS})`;

export function outboxMigration(schema: string): Migration {
  return {
    id: '0000-outbox',
    sql: `
CREATE TABLE ${schema}.outbox (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  shard smallint NOT NULL,
  topic text NOT NULL,
  key text NOT NULL,
  headers jsonb NOT NULL,
  value text NOT NULL,
  written_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX outbox_by_shard ON ${schema}.outbox (shard, id);`,
  };
}

/**
 * Domain events on their way out, written in the state's own database transaction. Id order is commit order only within a station, and only
 * because the writer holds that station's lock until it commits: hold it before `add`.
 */
export class Outbox {
  private readonly insert: Statement;

  /** `installation` is named in the source of every event. */
  constructor(
    readonly schema: string,
    private readonly installation = DEFAULT_INSTALLATION,
  ) {
    this.insert = {
      name: `INSERT ${schema}.outbox`, // as its span and metric have been called
      merge: 'json-rows',
      text: `
INSERT INTO ${schema}.outbox (shard, topic, key, headers, value) SELECT ${SHARD_OF_KEY}, topic, key, headers, value
FROM ROWS FROM (json_to_recordset($1::json) AS (topic text, key text, headers jsonb, value text)) WITH ORDINALITY AS given(topic, key, headers, value, place)
ORDER BY place`,
    };
  }

  async add(manager: EntityManager, events: readonly OutboxEvent[]): Promise<void> {
    if (events.length === 0) return;
    const traceparent = activeTraceparent();
    const traced = traceparent === undefined ? {} : { traceparent };
    const rows = events.map(({ topic, ref, event, value }) => ({
      topic: topic.name,
      key: stationKey(ref),
      headers: toCloudEventHeaders({ ...event, source: sourceOf(this.installation, topic.owner), ...traced }),
      value: JSON.stringify(value),
    }));
    await prepared(manager, this.insert, [JSON.stringify(rows)]);
    if (manager.queryRunner !== undefined) writers.add(manager.queryRunner);
  }
}

const writers = new WeakSet<QueryRunner>();

/** Whether events were written by what runs its queries here: looked at after its commit, by the relay. */
export function hasEvents(queryRunner: QueryRunner): boolean {
  return writers.has(queryRunner);
}
