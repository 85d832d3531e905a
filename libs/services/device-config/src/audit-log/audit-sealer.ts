import { chain } from './domain/audit-chain';
import type { TypeormAuditChain } from './store/typeorm-audit-chain';

/** Entries that get their places in one database transaction. */
const BATCH = 500;

/** Gives the entries of all tenants their places in the chains, some time after they were written: a change never waits for those of others (ADR 96). */
export class AuditSealer {
  constructor(
    private readonly store: Pick<TypeormAuditChain, 'waiting' | 'seal'>,
    private readonly batch = BATCH,
  ) {}

  /** Until nothing waits, or another process is at what waits. */
  async run(): Promise<void> {
    for (let sealed = 1; sealed > 0;) {
      sealed = 0;
      for (const tenant of await this.store.waiting()) sealed += await this.store.seal(tenant, this.batch, chain);
    }
  }
}
