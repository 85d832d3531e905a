import { TOPICS, type Topic } from '@voltbus/contracts';
import type { Bus } from '@voltbus/bus';
import type { DataSource, EntityManager } from 'typeorm';
import { isTransientDatabaseError } from './transient';

export interface OutboxRelayOptions {
  dataSource: DataSource;
  schema: string;
  bus: Bus;
  logger: { warn(details: object, message: string): void; error(details: object, message: string): void };
  metrics: {
    counter(name: string, help: string): { add(amount: number, labels?: Record<string, string>): void };
    gauge(name: string, help: string, read: () => { value: number; labels: Record<string, string> }[]): void;
  };
  /** How often it looks by itself, for rows another process wrote. */
  pollMs?: number;
}

interface Row {
  id: string;
  topic: string;
  key: string;
  headers: Record<string, string>;
  value: string;
}

const POLL_MS = 250;
/** Rows taken at once from one shard. */
const BATCH = 500;
const NAMES = new Map<string, Topic>(TOPICS.map((topic) => [topic.name, topic]));

/**
 * Publishes a schema's outbox: per shard under an advisory lock of the transaction (any number of processes may relay), in id order, deleted on
 * acknowledgement. At least once: a crash between the two publishes again. Rows stay while the bus is away.
 */
export class OutboxRelay {
  private readonly published;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | null = null;
  private again = false;
  private stopped = false;
  private backlog = { pending: 0, oldestSeconds: 0 };

  constructor(private readonly options: OutboxRelayOptions) {
    const { metrics, schema } = options;
    this.published = metrics.counter('outbox_publish_total', 'Domain events published from the outbox, by result');
    metrics.gauge('outbox_pending', 'Domain events waiting in the outbox, as of the last look', () => [
      { value: this.backlog.pending, labels: { schema } },
    ]);
    metrics.gauge('outbox_oldest_seconds', 'Age of the oldest waiting domain event', () => [
      { value: this.backlog.oldestSeconds, labels: { schema } },
    ]);
  }

  start(): void {
    this.timer = setInterval(() => this.wake(), this.options.pollMs ?? POLL_MS);
    this.wake();
  }

  /** There may be something: called after a commit. Looks at once, or right after the look it is in. */
  wake(): void {
    if (this.stopped) return;
    if (this.running !== null) {
      this.again = true;
      return;
    }
    this.running = this.look().finally(() => {
      this.running = null;
      if (this.again) {
        this.again = false;
        this.wake();
      }
    });
  }

  /** Finishes the look it is in. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.running;
  }

  private async look(): Promise<void> {
    try {
      const waiting = await this.options.dataSource.query<{ shard: number; pending: string; oldest: string }[]>(
        `SELECT shard, count(*) AS pending, extract(epoch FROM now() - min(written_at)) AS oldest FROM ${this.options.schema}.outbox GROUP BY shard`,
      );
      this.backlog = {
        pending: waiting.reduce((sum, { pending }) => sum + Number(pending), 0),
        oldestSeconds: Math.max(0, ...waiting.map(({ oldest }) => Number(oldest))),
      };
      for (const { shard } of waiting) await this.drain(shard);
    } catch (err) {
      if (isTransientDatabaseError(err))
        this.options.logger.warn({ err, schema: this.options.schema }, 'the outbox waits for the database');
      else this.options.logger.error({ err, schema: this.options.schema }, 'the outbox could not be relayed');
    }
  }

  private async drain(shard: number): Promise<void> {
    for (let found = BATCH; found === BATCH && !this.stopped;) found = await this.relay(shard);
  }

  /** One batch of one shard; how many rows it found. */
  private relay(shard: number): Promise<number> {
    const { dataSource, schema } = this.options;
    return dataSource.transaction(async (manager) => {
      const [lock] = await manager.query<{ got: boolean }[]>('SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS got', [
        `voltbus outbox ${schema} ${shard}`,
      ]);
      if (lock?.got !== true) return 0; // another process is at it
      const rows = await manager.query<Row[]>(
        `SELECT id, topic, key, headers, value FROM ${schema}.outbox WHERE shard = $1 ORDER BY id LIMIT ${BATCH}`,
        [shard],
      );
      await this.publish(manager, rows);
      return rows.length;
    });
  }

  private async publish(manager: EntityManager, rows: readonly Row[]): Promise<void> {
    const failedKeys = new Set<string>();
    const results = await Promise.allSettled(
      rows.map((row) => this.options.bus.publish(topicOf(row), { key: row.key, value: Buffer.from(row.value), headers: row.headers })),
    );
    const gone: string[] = [];
    rows.forEach((row, index) => {
      const result = results[index];
      if (result?.status === 'rejected') {
        failedKeys.add(row.key);
        this.options.logger.warn({ err: result.reason, topic: row.topic }, 'the bus did not take a domain event: it stays in the outbox');
      } else if (!failedKeys.has(row.key)) gone.push(row.id); // behind a failed one of its key, it must be said again after that one
    });
    if (gone.length > 0) await manager.query(`DELETE FROM ${this.options.schema}.outbox WHERE id = ANY($1::bigint[])`, [gone]);
    this.published.add(gone.length, { result: 'ok' });
    if (gone.length < rows.length) this.published.add(rows.length - gone.length, { result: 'kept' });
  }
}

function topicOf({ topic }: Row): Topic {
  const found = NAMES.get(topic);
  if (found === undefined) throw new Error(`the outbox names a topic that is not declared: ${topic}`);
  return found;
}
