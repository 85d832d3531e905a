import type { TypeormApiKeys } from './store/typeorm-api-keys';

/** How often uses are written: what `lastUsedAt` may be behind. */
export const WRITE_USES_MS = 60_000;
/** Keys whose use waits to be written; more are not noted until then. Far beyond those that are in use in one process. */
const MAX_WAITING = 10_000;

export interface ApiKeyUsesParts {
  store: Pick<TypeormApiKeys, 'used'>;
  failed: (error: unknown) => void;
}

/** When keys were last used: gathered, and written together. No request waits for it or writes. */
export class ApiKeyUses {
  private waiting = new Map<string, Date>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly parts: ApiKeyUsesParts) {}

  note(id: string, at: Date): void {
    if (this.waiting.size < MAX_WAITING || this.waiting.has(id)) this.waiting.set(id, at);
  }

  start(): void {
    this.timer = setInterval(() => void this.write(), WRITE_USES_MS);
    this.timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.write();
  }

  /** What cannot be written now is kept for the next time. */
  async write(): Promise<void> {
    const told = this.waiting;
    if (told.size === 0) return;
    this.waiting = new Map();
    try {
      await this.parts.store.used([...told].map(([id, at]) => ({ id, at })));
    } catch (error) {
      for (const [id, at] of told) if (!this.waiting.has(id)) this.note(id, at);
      this.parts.failed(error);
    }
  }
}
