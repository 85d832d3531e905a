import type { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { Client, type ClientConfig } from 'pg';
import type { DatabaseAddress } from './database-url';
import { Statements, type MeasureStatement } from './statements';
import { isStalePlan } from './transient';
import { controlsTransaction, queryOfTenant } from '../tenancy/tenant-query';
import { tenantInForce } from '../tenancy/tenant-scope';

/** How long is waited for what of a database, milliseconds. */
export interface DatabaseWaits {
  /** For a connection, new or out of the pool. */
  connect: number;
  /** The server ends a statement after so long (`statement_timeout`), with an error. */
  statement: number;
  /** The server ends a transaction that is idle for so long, and its locks with it. */
  idleInTransaction: number;
  /** A connection that brings no byte for so long while a statement is under way is given up. */
  silence: number;
}

/**
 * `silence` is longer than `statement`: a server that is there has answered by then, whatever it was asked. A call of a station comes right after one
 * silence and one retry, within the 30 s that stations wait. A server that lost us has ended our transactions before we try again.
 */
export const DATABASE_WAITS: Readonly<DatabaseWaits> = { connect: 5_000, statement: 8_000, idleInTransaction: 8_000, silence: 10_000 };
/** A timer that is late by more than this share of its time shows that this process was busy. */
const LATE_SHARE = 0.1;
/** The time for a connection to end gracefully. */
const GOODBYE_MS = 1_000;

/** Whether the statements of a tenant's work are limited to its rows, which is known once a database has been opened. */
export interface RowLimits {
  inForce: boolean;
}

interface ClientOptions {
  tls?: DatabaseAddress['tls'];
  measure?: MeasureStatement | undefined;
  rowLimits?: Readonly<RowLimits>;
}

/** What the clients of one pool share. */
interface ClientPool {
  open: Set<WatchedClient>;
  statements: Statements;
  rowLimits: Readonly<RowLimits>;
}

type PgClient = new (config?: ClientConfig) => WatchedClient;

/**
 * The clients of one pool: when one of them gets no answer, those that have been silent since are destroyed with it.
 */
export function watchedClients(
  waits: DatabaseWaits,
  { tls = null, measure, rowLimits = { inForce: false } }: ClientOptions = {},
): PgClient {
  const open = new Set<WatchedClient>();
  const statements = new Statements(measure);
  return class extends WatchedClient {
    constructor(config?: ClientConfig) {
      super(tls === null || config === undefined ? config : withTls(config, tls()), waits, { open, statements, rowLimits });
    }
  };
}

/** Where a statement failed, COMMIT rolls back, and that is no error to Postgres: a transaction that went on all the same must not be taken for stored. */
function demandCommitted(result: { command: string }): object {
  if (result.command === 'ROLLBACK') throw new Error('the transaction was rolled back, because one of its statements had failed');
  return result;
}

/** With certificates as they are on disk by now. pg's pool hides the password from a copy. */
function withTls(config: ClientConfig, ssl: ConnectionOptions): ClientConfig {
  return { ...config, password: config.password, ssl };
}

/** A client of `pg` that ends its connection when an answer does not come: what waits is rejected with ETIMEDOUT, and the pool makes another one. */
export class WatchedClient extends Client {
  private silenceMs: number;
  private unanswered = 0;
  private latest: Promise<unknown> = Promise.resolve();
  private heardAt = performance.now();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    config: ClientConfig | undefined,
    private readonly waits: DatabaseWaits,
    private readonly pool: ClientPool,
  ) {
    super(config);
    this.silenceMs = waits.silence;
    pool.open.add(this);
    this.once('end', () => {
      pool.open.delete(this);
      clearTimeout(this.timer);
    });
  }

  /** Until it goes back to the pool; infinite: however long. */
  allowSilence(ms: number): void {
    this.silenceMs = ms;
  }

  /** It comes out of the pool. */
  begin(): void {
    this.silenceMs = this.waits.silence;
  }

  /**
   * All of pg's ways to ask: with a promise or a callback, which TypeORM does not use. pg wants the next statement when the last is answered: works that
   * share a transaction wait here.
   */
  override query(...sent: never[]): never {
    const statement = this.pool.statements.begin(sent[0]);
    const send = (...all: unknown[]): unknown => super.query(...(all as [string]));
    const tenant = this.pool.rowLimits.inForce && !controlsTransaction(sent[0]) ? tenantInForce() : null;
    const ask = (): unknown => (tenant === null ? send(...sent) : queryOfTenant(tenant, sent, send));
    const asked = this.unanswered > 0 && typeof sent.at(-1) !== 'function' ? this.latest.then(ask, ask) : ask();
    const answer = asked instanceof Promise && sent[0] === 'COMMIT' ? asked.then(demandCommitted) : asked;
    if (answer instanceof Promise) {
      this.latest = answer;
      this.watch(answer);
      answer.catch((error: unknown) => isStalePlan(error) && this.drop(error));
      statement.endWith(answer);
    }
    return answer as never; // whatever the overload that was called returns
  }

  override end(...done: never[]): never {
    const timer = setTimeout(() => this.socket.destroy(), GOODBYE_MS).unref();
    this.once('end', () => clearTimeout(timer));
    return super.end(...(done as unknown as [])) as never;
  }

  private watch(answer: Promise<unknown>): void {
    this.unanswered++;
    if (this.unanswered === 1) this.listen();
    const answered = () => {
      this.heardAt = performance.now();
      this.unanswered--;
      if (this.unanswered === 0) clearTimeout(this.timer);
    };
    answer.then(answered, answered);
  }

  private listen(again = false): void {
    clearTimeout(this.timer);
    if (this.silenceMs === Infinity) return;
    const since = { at: performance.now(), bytes: this.socket.bytesRead, again };
    // Data that arrived while this process was busy is read after its timers: only then is the server known to be
    // silent.
    this.timer = setTimeout(() => setImmediate(() => this.judge(since)), this.silenceMs);
  }

  /** A process that was busy for long may not even have sent what it asks: its own delay is nobody's silence, once. */
  private judge({ at, bytes, again }: { at: number; bytes: number; again: boolean }): void {
    if (this.unanswered === 0) return;
    if (this.socket.bytesRead !== bytes) return this.listen();
    const wasBusy = performance.now() - at > this.silenceMs * (1 + LATE_SHARE);
    if (wasBusy && !again) return this.listen(true);
    for (const other of this.pool.open) if (other === this || other.silentSince(at)) other.giveUp();
  }

  private silentSince(at: number): boolean {
    return this.heardAt <= at && this.silenceMs <= this.waits.silence;
  }

  private giveUp(): void {
    this.drop(Object.assign(new Error(`the database did not answer within ${this.silenceMs} ms`), { code: 'ETIMEDOUT' }));
  }

  /** Whatever waits is rejected, and the pool makes another one. */
  private drop(reason: Error): void {
    this.pool.open.delete(this);
    this.socket.destroy(reason);
  }

  private get socket(): Socket {
    return this.connection.stream as Socket;
  }
}
