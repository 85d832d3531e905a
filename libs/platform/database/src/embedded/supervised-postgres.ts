import { setTimeout as pause } from 'node:timers/promises';
import { startEmbeddedPostgres, type EmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded-postgres';

/** A server that ends by itself more often than this within `WINDOW_MS` will not be cured by starting it once more. */
export const MAX_RESTARTS = 5;
export const WINDOW_MS = 600_000;
/** Between two attempts to start it. */
const RETRY_MS = 1_000;

interface SupervisedPostgresParts extends EmbeddedPostgresOptions {
  /** The server has ended though nobody stopped it; it is started again. */
  ended(): void;
  restarted(): void;
  /** It has ended too often, or does not start any more: nothing will come of this process. */
  gaveUp(error: Error): void;
  start?: typeof startEmbeddedPostgres;
  now?: () => number;
}

/** The embedded Postgres, started again when it was killed: its URL stays the same, and Postgres recovers what was committed. */
export class SupervisedPostgres {
  private server: EmbeddedPostgres | undefined;
  private stopping = false;
  /** It has ended and does not answer again yet. */
  away = false;
  private readonly restarts: number[] = [];

  constructor(private readonly parts: SupervisedPostgresParts) {}

  /** Its URL. Rejects as `startEmbeddedPostgres` does. */
  async start(): Promise<string> {
    const server = await (this.parts.start ?? startEmbeddedPostgres)(this.parts);
    this.server = server;
    void server.gone.then(() => this.restart(server));
    return server.url;
  }

  get pid(): number {
    return this.server?.pid ?? 0;
  }

  /** The folder of the server's own files; empty before the first start. */
  get files(): string {
    return this.server?.files ?? '';
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.server?.stop();
  }

  private async restart(server: EmbeddedPostgres): Promise<void> {
    if (this.stopping || this.server !== server) return;
    this.away = true;
    this.parts.ended();
    let cause: unknown;
    while (!this.tooOften()) {
      try {
        await this.start();
        this.away = false;
        return this.stopping ? await this.stop() : this.parts.restarted();
      } catch (error) {
        if (this.stopping) return;
        cause = error;
        await pause(RETRY_MS);
      }
    }
    this.parts.gaveUp(new Error(`the embedded Postgres ended ${MAX_RESTARTS} times in ${WINDOW_MS / 60_000} minutes`, { cause }));
  }

  private tooOften(): boolean {
    const now = this.parts.now?.() ?? performance.now();
    while ((this.restarts[0] ?? Infinity) < now - WINDOW_MS) this.restarts.shift();
    return this.restarts.push(now) > MAX_RESTARTS;
  }
}
