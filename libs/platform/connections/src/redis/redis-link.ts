import { Redis } from 'ioredis';
import { openChildSpan, type Logger, type Metrics } from '@voltbus/telemetry';
import { AwakeDeadline } from './awake-deadline';
import { ConnectionsUnavailable } from '../port';
import type { RedisClient } from './redis-client';
import { NoMaster, isMaster, troubleOf } from './redis-trouble';

/** States in which a client has a connection, or has begun one that may never become ready. */
const CONNECTED: ReadonlySet<string> = new Set(['connect', 'ready']);

/** Longest a call waits for Redis; under the second that the port promises, of the time that this process is awake. */
const ANSWER_WITHIN_MS = 900;
/** How often an unavailable registry is asked whether it is back. */
const PROBE_EVERY_MS = 250;
/** How often an available one is asked whether it still is a master: who only reads would not learn it from a replica, whose answers grow old. */
const LOOK_EVERY_MS = 1_000;
/** How often a connection to the wrong server is given up for another look at the name, at most. A new one has so long to become ready. */
const RENEW_EVERY_MS = 2_000;
const DURATION_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];

/**
 * One way to Redis: every call has a deadline, fails at once while Redis is known to be away, and is measured. Away: a
 * call got no answer, a connection closed, or it leads to a server that is no master any more; then the name is looked
 * up anew. Back: every master reports that it is one (a cluster is available as a whole).
 */
export class RedisLink {
  #available = false;
  #closed = false;
  #probing: NodeJS.Timeout | null = null;
  readonly #looking: NodeJS.Timeout;
  #renewedAt = -Infinity;
  readonly #deadline = new AwakeDeadline(ANSWER_WITHIN_MS, (ms) => new ConnectionsUnavailable(`no answer within ${ms} ms`));
  #lastError: Error | null = null;
  readonly #listeners: ((available: boolean) => void)[] = [];
  /** The first connection gets the time of one call; calls made before it wait. */
  readonly #starting: Promise<unknown>;
  readonly #duration;
  readonly #errors;

  constructor(
    private readonly client: RedisClient,
    private readonly logger: Logger,
    metrics: Metrics,
  ) {
    this.#duration = metrics.histogram(
      'redis_command_duration_seconds',
      'Time to the answer of the connection registry',
      ['command'],
      DURATION_BUCKETS,
    );
    this.#errors = metrics.counter('redis_errors_total', 'Calls that the connection registry did not answer as it should', ['command']);
    client.on('error', (error: Error) => {
      this.#lastError = error;
    });
    client.on('ready', () => {
      if (!this.#available) this.#probeSoon(0);
    });
    client.on('close', () => this.#away());
    client.on('node error', (error: Error) => {
      this.#lastError = error;
      this.#away();
    });
    const first = new Promise<unknown>((resolve) => this.#listeners.push(resolve));
    this.#starting = this.#deadline.within(first).catch(() => undefined);
    this.#looking = setInterval(() => void this.#look(), LOOK_EVERY_MS).unref();
  }

  get available(): boolean {
    return this.#available;
  }

  onAvailability(listener: (available: boolean) => void): void {
    this.#listeners.push(listener);
  }

  /** Runs a call under the name it is measured by. Rejects with `ConnectionsUnavailable`, or with the error of a defect. */
  async run<T>(command: string, call: (client: RedisClient) => Promise<T>): Promise<T> {
    if (!this.#available) await this.#starting;
    if (!this.#available) {
      this.#errors.add(1, { command });
      throw new ConnectionsUnavailable('the registry is away', { cause: this.#lastError });
    }
    const span = openChildSpan({ name: command, kind: 'client', attributes: { 'db.system.name': 'redis', 'db.operation.name': command } });
    const startedMs = performance.now();
    try {
      return await this.#deadline.within(call(this.client));
    } catch (error) {
      this.#errors.add(1, { command });
      span?.fail(error);
      throw this.#translate(error);
    } finally {
      this.#duration.observe((performance.now() - startedMs) / 1000, { command });
      span?.end();
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#available = false;
    if (this.#probing) clearTimeout(this.#probing);
    clearInterval(this.#looking);
    // The cluster client rejects when it is not connected, which is what is wanted.
    await this.#deadline.within(this.client.quit()).catch(() => undefined);
    this.client.disconnect();
  }

  #translate(error: unknown): unknown {
    const answered = error instanceof Error && error.name === 'ReplyError';
    const trouble = answered ? troubleOf(error.message) : 'away';
    if (trouble === null) return error;
    if (trouble !== 'refuses') this.#away(error);
    if (trouble === 'replaced') this.#renew();
    return error instanceof ConnectionsUnavailable ? error : new ConnectionsUnavailable('the registry did not answer', { cause: error });
  }

  #away(cause: unknown = this.#lastError): void {
    if (this.#closed) return;
    if (this.#available) {
      this.#available = false;
      this.logger.warn({ err: cause }, 'the connection registry is away');
      this.#tell();
    }
    if (!this.#probing) this.#probeSoon(PROBE_EVERY_MS);
  }

  #probeSoon(afterMs: number): void {
    if (this.#closed) return;
    if (this.#probing) clearTimeout(this.#probing);
    this.#probing = setTimeout(() => void this.#probe(), afterMs).unref();
  }

  async #probe(): Promise<void> {
    try {
      await this.#deadline.within(this.#everyMaster());
    } catch (error) {
      this.#lastError = error instanceof Error ? error : this.#lastError;
      this.#renew();
      this.#probeSoon(PROBE_EVERY_MS);
      return;
    }
    if (this.#probing) clearTimeout(this.#probing);
    this.#probing = null;
    if (this.#closed || this.#available) return;
    this.#available = true;
    this.logger.info({}, 'the connection registry answers');
    this.#tell();
  }

  async #look(): Promise<void> {
    if (!this.#available) return; // it is being probed
    await this.#deadline.within(this.#everyMaster()).catch((error: unknown) => {
      if (error instanceof NoMaster) this.#renew();
      this.#away(error);
    });
  }

  async #everyMaster(): Promise<void> {
    const masters = this.client instanceof Redis ? [this.client] : this.client.nodes('master');
    if (masters.length === 0) throw new Error('no master of the cluster is known');
    await Promise.all(masters.map(isMaster));
  }

  /** Ends the connection, whatever it is worth: the next one goes to where the name leads by then. */
  #renew(): void {
    const now = performance.now();
    if (this.#closed || now - this.#renewedAt < RENEW_EVERY_MS || !CONNECTED.has(this.client.status)) return;
    this.#renewedAt = now;
    this.client.disconnect(true);
  }

  #tell(): void {
    for (const listener of this.#listeners) listener(this.#available);
  }
}
