import { EVENT_TRACE_HEADER, TOPICS, type Topic } from '@voltbus/contracts';
import { RecordRefused, publishInSpan, type Bus } from '@voltbus/bus';
import { WakeableLoop, unlessAborted } from '@voltbus/flow';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { OutboxBacklog, REFUSED } from './typeorm-outbox-backlog';
import { outboxDeadLetters, type OutboxRow } from './outbox-dead-letter';
import { BATCH, BATCH_BYTES, relayStatements } from './relay-statements';
import { isTransientDatabaseError } from '../connection/transient';
import { prepared, preparedAlone } from '../connection/typeorm-prepared';
import type { Logger, Metrics } from '@voltbus/telemetry';
import { SHARD_OF_KEY, hasEvents } from './typeorm-outbox';

export interface OutboxRelayOptions {
  dataSource: DataSource;
  schema: string;
  bus: Bus;
  logger: Logger;
  metrics: Metrics;
  /** How often it looks by itself, for rows whose writer died before it woke the relay. */
  pollMs?: number;
}

/**
 * A commit of this process wakes the relay at once; a look without a reason costs two processes about a millisecond.
 */
const POLL_MS = 2_000;
/** The pause when rows stayed: the bus was away. */
const STAYED_MS = 250;
/** The pause when another process had the lock of a shard: it may have looked before the row was there. */
const TAKEN_MS = 50;
/**
 * How long a batch's transaction may be idle while the bus takes it, milliseconds: longer than the bus takes to report
 * that it is away (20 s). A process that the server has lost holds its lock no longer.
 */
const PUBLISH_MS = 30_000;
const NAMES = new Map<string, Topic>(TOPICS.map((topic) => [topic.name, topic]));

/** How long a stop waits for the bus to take what it was given. */
const STOP_PATIENCE_MS = 1_000;

/** How a look ended: nothing waits; rows stayed; another process has shards in hand; `done`: it was stopped after a batch. */
type LookEnd = 'empty' | 'stayed' | 'taken' | 'done';

/**
 * Publishes a schema's outbox: per shard under an advisory lock of the transaction (any number of processes may relay), in id order, deleted on
 * acknowledgement. At least once: a crash between the two publishes again. Rows stay while the bus is away; one that the bus will never take
 * becomes a dead letter and is put aside (shard -1), so that it does not hold up its station for ever. The next start tries it again.
 */
export class OutboxRelay {
  private readonly published;
  private readonly publishDeadLetter;
  private readonly backlog;
  private readonly statements;
  private refusedTriedAgain = false;
  private readonly commitSubscriber = {
    afterTransactionCommit: ({ queryRunner }: { queryRunner: QueryRunner }): void => {
      if (hasEvents(queryRunner)) this.wake();
    },
  };
  private readonly loop = new WakeableLoop({ run: async () => this.pauseMs(await this.look()) });
  private readonly leaving = new AbortController();

  constructor(private readonly options: OutboxRelayOptions) {
    const { metrics } = options;
    this.publishDeadLetter = outboxDeadLetters(options);
    this.statements = relayStatements(options.schema);
    this.published = metrics.counter('outbox_publish_total', 'Domain events published from the outbox', ['result']);
    this.backlog = new OutboxBacklog(options);
  }

  start(): void {
    this.options.dataSource.subscribers.push(this.commitSubscriber);
    this.wake();
  }

  /** Called after a commit that wrote events. The relay looks at once, or right after the look in hand. */
  wake(): void {
    this.loop.wake();
  }

  /**
   * Finishes the look in hand, but does not wait for a bus that does not answer: consumers may have left before. Rows
   * stay.
   */
  async stop(): Promise<void> {
    const { subscribers } = this.options.dataSource;
    const index = subscribers.indexOf(this.commitSubscriber);
    if (index >= 0) subscribers.splice(index, 1);
    const patience = setTimeout(() => this.leaving.abort(new Error('the relay is stopping')), STOP_PATIENCE_MS);
    await this.loop.stop();
    clearTimeout(patience);
  }

  private pauseMs(end: LookEnd): number {
    const pollMs = this.options.pollMs ?? POLL_MS;
    return Math.min(end === 'stayed' ? STAYED_MS : end === 'taken' ? TAKEN_MS : pollMs, pollMs);
  }

  /** Publishes batch after batch until nothing waits; says why it ended before. */
  private async look(): Promise<LookEnd> {
    const { schema, logger } = this.options;
    try {
      await this.tryRefusedAgain();
      await this.backlog.measure();
      for (;;) {
        const waiting = await this.waitingShards();
        const end = waiting.length === 0 ? 'empty' : await this.relay(waiting);
        if (end !== 'done' || this.loop.stopped) return end;
      }
    } catch (err) {
      if (isTransientDatabaseError(err)) logger.warn({ err, schema }, 'the outbox waits for the database');
      else logger.error({ err, schema }, 'the outbox could not be relayed');
      return 'stayed';
    }
  }

  /** Once in a process's life: a new version, or an operator who raised the broker's limit, may send what was put aside. */
  private async tryRefusedAgain(): Promise<void> {
    if (this.refusedTriedAgain) return;
    const { dataSource, schema } = this.options;
    await dataSource.query(`UPDATE ${schema}.outbox SET shard = ${SHARD_OF_KEY} WHERE shard = ${REFUSED}`);
    this.refusedTriedAgain = true;
  }

  private async waitingShards(): Promise<number[]> {
    const waiting = await preparedAlone<{ shard: number }>(this.options.dataSource, this.statements.waiting, []);
    return waiting.map(({ shard }) => shard);
  }

  /** One batch of each of the shards that no other process has in hand, in one database transaction. */
  private relay(waiting: readonly number[]): Promise<LookEnd> {
    const { dataSource, schema } = this.options;
    return dataSource.transaction(async (manager) => {
      const lock = [`voltbus outbox ${schema} `, String(PUBLISH_MS), waiting];
      const shards = await prepared<{ shard: number; locked: boolean }>(manager, this.statements.lock, lock);
      const mine = shards.filter(({ locked }) => locked).map(({ shard }) => shard);
      if (mine.length === 0) return 'taken';
      const rows = await prepared<OutboxRow>(manager, this.statements.oldest, [mine]);
      const results = await Promise.allSettled(rows.map((row) => this.publish(row)));
      if ((await this.removeRows(manager, rows, results)) < rows.length) return 'stayed';
      if (mine.length < shards.length) return 'taken';
      // none of the batches was full: what was committed since wakes the relay by itself
      return rows.length < BATCH && rows.reduce((sum, { value }) => sum + Buffer.byteLength(value), 0) < BATCH_BYTES ? 'empty' : 'done';
    });
  }

  private async publish(row: OutboxRow): Promise<void> {
    const topic = NAMES.get(row.topic);
    if (topic === undefined) throw new Error('a topic this version does not know: left to one that does');
    const published = publishInSpan({
      bus: this.options.bus,
      topic,
      parent: row.headers[EVENT_TRACE_HEADER],
      record: (trace) => ({ key: row.key, value: Buffer.from(row.value), headers: withTrace(row.headers, trace) }),
    });
    await unlessAborted(published, this.leaving.signal);
  }

  /**
   * Deletes rows that the bus has, and puts aside those it will never take. The rest stays, with all behind it of the
   * same key.
   */
  private async removeRows(
    manager: EntityManager,
    rows: readonly OutboxRow[],
    results: readonly PromiseSettledResult<void>[],
  ): Promise<number> {
    const publishedIds: string[] = [];
    const refused: string[] = [];
    const heldKeys = new Set<string>();
    for (const [index, row] of rows.entries()) {
      const result = results[index];
      const reason: unknown = result?.status === 'rejected' ? result.reason : null;
      if (heldKeys.has(row.key)) continue;
      if (reason === null) publishedIds.push(row.id);
      else if (reason instanceof RecordRefused && (await this.deadLetter(row, reason))) refused.push(row.id);
      else heldKeys.add(row.key);
      if (reason !== null) this.notPublished(row, reason);
    }
    const { schema } = this.options;
    if (publishedIds.length > 0) await prepared(manager, this.statements.remove, [publishedIds]);
    if (refused.length > 0) await manager.query(`UPDATE ${schema}.outbox SET shard = ${REFUSED} WHERE id = ANY($1::bigint[])`, [refused]);
    const kept = rows.length - publishedIds.length - refused.length;
    for (const [result, count] of Object.entries({ ok: publishedIds.length, refused: refused.length, kept }))
      if (count > 0) this.published.add(count, { result });
    return publishedIds.length + refused.length;
  }

  /** False while the bus does not take it: then the row waits as for any other reason. */
  private async deadLetter(row: OutboxRow, error: RecordRefused): Promise<boolean> {
    try {
      await this.publishDeadLetter(row, error);
      return true;
    } catch (err) {
      this.options.logger.warn({ err, id: row.id, topic: row.topic }, 'the bus does not take a dead letter: its domain event waits');
      return false;
    }
  }

  private notPublished({ id, topic, key }: OutboxRow, reason: unknown): void {
    const { logger, schema } = this.options;
    if (reason instanceof RecordRefused)
      logger.error({ err: reason, id, topic, key, schema }, 'the bus will never take a domain event: it was put aside');
    else logger.warn({ err: reason, topic, schema }, 'the bus did not take a domain event: it stays in the outbox');
  }
}

/** The event names the span that publishes it, so that its consumers go on from there. */
function withTrace(headers: OutboxRow['headers'], trace: string | undefined): OutboxRow['headers'] {
  return trace === undefined ? headers : { ...headers, [EVENT_TRACE_HEADER]: trace };
}
