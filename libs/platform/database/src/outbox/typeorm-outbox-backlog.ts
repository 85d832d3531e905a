import type { DataSource } from 'typeorm';
import type { Metrics } from '@voltbus/telemetry';

/** The shard of what the bus will never take (too large): nobody relays it, it is there to be looked at. */
export const REFUSED = -1;
/** How often the backlog is counted. */
const MEASURE_MS = 5_000;

/** What waits in an outbox, what was put aside, and how old the oldest is that waits. */
export interface OutboxCounts {
  pending: number;
  refused: number;
  oldestSeconds: number;
}

/** The statement whose one row is the counts of the outbox in a schema. */
export function countsOfOutbox(schema: string): string {
  return `SELECT (count(*) FILTER (WHERE shard >= 0))::float8 AS pending, (count(*) FILTER (WHERE shard = ${REFUSED}))::float8 AS refused,
    coalesce(extract(epoch FROM now() - min(written_at) FILTER (WHERE shard >= 0)), 0)::float8 AS "oldestSeconds"
    FROM ${schema}.outbox`;
}

/** What waits in an outbox, for the metrics. */
export class OutboxBacklog {
  private measureAt = 0;
  private backlog: OutboxCounts = { pending: 0, refused: 0, oldestSeconds: 0 };

  constructor(private readonly options: { dataSource: DataSource; schema: string; metrics: Metrics }) {
    const { metrics, schema } = options;
    metrics.gauge('outbox_pending', 'Domain events waiting in the outbox, as counted every few seconds', ['schema'], () => [
      { value: this.backlog.pending, labels: { schema } },
    ]);
    metrics.gauge('outbox_refused', 'Domain events that the bus will never take and that were put aside', ['schema'], () => [
      { value: this.backlog.refused, labels: { schema } },
    ]);
    metrics.gauge('outbox_oldest_seconds', 'Age of the oldest waiting domain event', ['schema'], () => [
      { value: this.backlog.oldestSeconds, labels: { schema } },
    ]);
  }

  /** Counts the backlog now and then: it may be long. */
  async measure(): Promise<void> {
    if (performance.now() < this.measureAt) return;
    this.measureAt = performance.now() + MEASURE_MS;
    const [counted] = await this.options.dataSource.query<OutboxCounts[]>(countsOfOutbox(this.options.schema));
    this.backlog = counted ?? this.backlog;
  }
}
