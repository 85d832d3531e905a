import { REMOVAL_BATCH, type Retention, type RetentionDays } from '@voltbus/database';
import { SEAL_BATCH, type TypeormSealing } from './store/typeorm-sealing';
import type { Transactions } from './transactions';

const DAY_MS = 86_400_000;
/** A session's readings may be a day older than its start. */
const BEFORE_START_MS = DAY_MS;

interface TransactionSealingParts {
  store: TypeormSealing;
  transactions: Pick<Transactions, 'endStale'>;
  retention: Pick<Retention, 'untilDone'>;
  days: RetentionDays;
  now(): Date;
}

/**
 * Sessions grow old in two steps. First what their account was computed from goes: they are sealed, for an account
 * computed anew from the rest would be wrong. Later they go themselves.
 */
export class TransactionSealing {
  constructor(private readonly parts: TransactionSealingParts) {}

  async run(): Promise<void> {
    const { store, retention, days } = this.parts;
    const sealBefore = latest(this.before(days.READINGS), this.before(days.TRANSACTIONS));
    if (sealBefore !== null) await this.seal(sealBefore);
    const readingsBefore = this.before(days.READINGS);
    if (readingsBefore !== null && (await store.allSealed(readingsBefore))) {
      const before = new Date(readingsBefore.getTime() - BEFORE_START_MS);
      await store.dropReadingDays(before);
      await retention.untilDone('readings', () => store.removeReadings(before, REMOVAL_BATCH));
    }
    const sessionsBefore = this.before(days.TRANSACTIONS);
    if (sessionsBefore !== null) await retention.untilDone('transactions', () => store.removeSessions(sessionsBefore, SEAL_BATCH));
  }

  /** One that is open for so long would keep every reading since: it ends with its last word. */
  private async seal(before: Date): Promise<void> {
    const { store, transactions, retention, now } = this.parts;
    for (const { id, ...ref } of await store.outlasting(before, SEAL_BATCH)) await transactions.endStale(ref, id, now());
    await retention.untilDone('events', async () => {
      const batch = await store.seal(before, SEAL_BATCH, now());
      return batch === null ? null : { removed: batch.events, more: batch.sealed === SEAL_BATCH };
    });
  }

  private before(days: number): Date | null {
    return days === 0 ? null : new Date(this.parts.now().getTime() - days * DAY_MS);
  }
}

function latest(a: Date | null, b: Date | null): Date | null {
  if (a === null || b === null) return a ?? b;
  return a > b ? a : b;
}
