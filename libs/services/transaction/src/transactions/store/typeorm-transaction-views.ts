import type { EndedTransaction, StationRef, Transaction } from '@voltbus/contracts';
import { TypeormList, preparedAlone, shownAs, type Outbox, type ListSource, type Statement } from '@voltbus/database';
import type { DataSource } from 'typeorm';
import { isReminderDue } from '../domain/billing-reminder';
import type { TransactionState } from '../domain/transaction';
import { reminderEvent } from '../published-events';
import { readingScope } from './stored-transaction';
import { TRANSACTION_LIST, type TransactionFilters, type TransactionSort } from './typeorm-transaction-list';
import type { ReadingScope, TypeormReadings } from '../../metering';

/** The cost that a station has calculated itself (I12). */
export interface StationCost {
  /** The station's time. */
  at: string;
  /** CostDetailsType, unchanged. */
  costDetails: Record<string, unknown>;
}

interface BilledRevision extends StationRef {
  transaction: string;
  revision: number;
}

const MARK_BILLED: Statement = {
  name: 'transactions-mark-billed',
  text: `
UPDATE transactions.transactions AS t SET settled_revision = greatest(t.settled_revision, billed.revision)
FROM (SELECT tenant, id, max(revision) AS revision FROM unnest($1::text[], $2::uuid[], $3::integer[]) AS cdr(tenant, id, revision) GROUP BY tenant, id) AS billed
WHERE t.tenant = billed.tenant AND t.id = billed.id`,
};

/** Reads transactions for the API, and keeps which revisions are billed. */
export class TypeormTransactionViews {
  private readonly listed: TypeormList<ViewRow, TransactionFilters, TransactionSort>;

  constructor(
    private readonly dataSource: DataSource,
    private readonly stores: { outbox: Outbox; readings: TypeormReadings },
  ) {
    this.listed = new TypeormList(dataSource, TRANSACTION_LIST);
  }

  /** The transactions of a tenant. */
  list(tenant: string): ListSource<Transaction, TransactionFilters, TransactionSort> {
    return shownAs(this.listed.of(tenant), (rows) => this.withRunningEnergy(rows));
  }

  async find(tenant: string, id: string): Promise<Transaction | null> {
    const row = await this.row(tenant, id);
    return row === null ? null : ((await this.withRunningEnergy([row]))[0] ?? null);
  }

  /** The scope of this transaction's readings; null when there is no such transaction. */
  async readingScope(tenant: string, id: string): Promise<ReadingScope | null> {
    const row = await this.row(tenant, id);
    return row === null ? null : readingScope(row.state);
  }

  /** The limits that a station of 2.1 last reported to enforce (E16); null when it never did. */
  async stationLimit(tenant: string, id: string): Promise<Record<string, unknown> | null> {
    return (await this.lastReported(tenant, id, ['transactionInfo', 'transactionLimit']))?.value ?? null;
  }

  /** The cost that the station last reported; null when it never did. */
  async stationCost(tenant: string, id: string): Promise<StationCost | null> {
    const last = await this.lastReported(tenant, id, ['costDetails']);
    return last === null ? null : { at: last.at.toISOString(), costDetails: last.value };
  }

  /** Whether a CDR of the transaction has been seen, issued or held, even if it is deleted by now. */
  async isBilled(tenant: string, id: string): Promise<boolean> {
    const rows: object[] = await this.dataSource.query(
      'SELECT FROM transactions.transactions WHERE tenant = $1 AND id = $2 AND settled_revision > 0',
      [tenant, id],
    );
    return rows.length > 0;
  }

  async markBilled(cdrs: readonly BilledRevision[]): Promise<void> {
    const values = [cdrs.map(({ tenant }) => tenant), cdrs.map(({ transaction }) => transaction), cdrs.map(({ revision }) => revision)];
    await preparedAlone(this.dataSource, MARK_BILLED, values);
  }

  /** Publishes the ends again for which `isReminderDue`, at most `limit`, the oldest first. Returns how many. */
  async remind(now: Date, limit: number): Promise<number> {
    return this.dataSource.transaction(async (manager) => {
      const candidates: UnbilledRow[] = await manager.query(
        `SELECT tenant, id, ended, revision, settled_revision, told_at FROM transactions.transactions
         WHERE ended_at IS NOT NULL AND settled_revision < revision ORDER BY told_at LIMIT $1 FOR UPDATE SKIP LOCKED`,
        [limit],
      );
      const due = candidates.filter(({ revision, settled_revision: billedRevision, told_at }) =>
        isReminderDue({ revision, billedRevision, publishedAt: told_at.getTime() }, now.getTime()),
      );
      if (due.length === 0) return 0;
      await manager.query(
        `UPDATE transactions.transactions t SET told_at = $1 FROM unnest($2::text[], $3::uuid[]) AS due(tenant, id)
         WHERE t.tenant = due.tenant AND t.id = due.id`,
        [now, due.map(({ tenant }) => tenant), due.map(({ id }) => id)],
      );
      await this.stores.outbox.add(
        manager,
        due.map(({ ended }) => reminderEvent(ended)),
      );
      return due.length;
    });
  }

  /** The value at that path of the payload in the last report, by the station's count, that has one. */
  private async lastReported(tenant: string, id: string, path: string[]): Promise<{ at: Date; value: Record<string, unknown> } | null> {
    const rows: { at: Date; value: Record<string, unknown> }[] = await this.dataSource.query(
      `SELECT e.at, e.payload #> $3::text[] AS value FROM transactions.transactions t
       JOIN transactions.events e ON e.tenant = t.tenant AND e.station = t.station AND e.transaction = t.reference
       WHERE t.tenant = $1 AND t.id = $2 AND e.payload #> $3::text[] IS NOT NULL ORDER BY e.seq_no DESC, e.at DESC LIMIT 1`,
      [tenant, id, path],
    );
    return rows[0] ?? null;
  }

  private async row(tenant: string, id: string): Promise<ViewRow | null> {
    const rows: ViewRow[] = await this.dataSource.query('SELECT view, state FROM transactions.transactions WHERE tenant = $1 AND id = $2', [
      tenant,
      id,
    ]);
    return rows[0] ?? null;
  }

  /** Adds what active transactions have charged so far, from their last readings. */
  private async withRunningEnergy(rows: readonly ViewRow[]): Promise<Transaction[]> {
    const active = rows.filter(({ view }) => view.state === 'active');
    if (active.length === 0) return rows.map(({ view }) => view);
    const registers = await this.stores.readings.registers(active.map(({ state }) => readingScope(state)));
    const running = new Map(active.map(({ view }, at) => [view.id, runningView(view, registers[at] ?? null)]));
    return rows.map(({ view }) => running.get(view.id) ?? view);
  }
}

interface UnbilledRow {
  tenant: string;
  id: string;
  ended: EndedTransaction;
  revision: number;
  settled_revision: number;
  told_at: Date;
}

interface ViewRow {
  view: Transaction;
  state: TransactionState;
}

function runningView(view: Transaction, registers: { firstWh: number; lastWh: number } | null): Transaction {
  if (registers === null) return view;
  const meterStartWh = view.meterStartWh ?? Math.round(registers.firstWh);
  return { ...view, meterStartWh, energyWh: Math.max(0, Math.round(registers.lastWh) - meterStartWh) };
}
