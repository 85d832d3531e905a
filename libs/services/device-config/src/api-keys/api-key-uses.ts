import type { KeyUse, TypeormApiKeys } from './store/typeorm-api-keys';

/** How often uses are written: `lastUsedAt` may be as much behind. */
const WRITE_USES_MS = 60_000;
/** Secrets of keys whose use waits to be written; uses of further ones are not noted until then. Far more than are in use in one process. */
const MAX_WAITING = 10_000;

interface ApiKeyUsesParts {
  store: Pick<TypeormApiKeys, 'used'>;
  failed: (error: unknown) => void;
}

/** Gathers when keys were last used and writes it together, so that no request waits for it or writes. */
export class ApiKeyUses {
  private waiting = new Map<string, KeyUse>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly parts: ApiKeyUsesParts) {}

  note(use: KeyUse): void {
    const secret = `${use.id} ${use.rotations}`;
    if (this.waiting.size < MAX_WAITING || this.waiting.has(secret)) this.waiting.set(secret, use);
  }

  start(): void {
    this.timer = setInterval(() => void this.write(), WRITE_USES_MS);
    this.timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.write();
  }

  /** Uses that cannot be written now are kept for the next time. */
  async write(): Promise<void> {
    const uses = this.waiting;
    if (uses.size === 0) return;
    this.waiting = new Map();
    try {
      await this.parts.store.used([...uses.values()]);
    } catch (error) {
      for (const [secret, use] of uses) if (!this.waiting.has(secret)) this.note(use);
      this.parts.failed(error);
    }
  }
}
