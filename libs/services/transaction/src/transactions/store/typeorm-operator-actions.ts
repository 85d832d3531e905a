import type { Transaction } from '@voltbus/contracts';
import type { DataSource, EntityManager } from 'typeorm';
import type { RequestedCorrection, RequestedEnd } from '../domain/operator-change';

/** An operator's action upon a transaction, and what it changed. */
interface OperatorAction {
  action: 'end' | 'correct';
  by: string;
  at: string;
  reason: string;
  asked: RequestedEnd | RequestedCorrection;
  before: Transaction;
  after: Transaction;
}

/** Actions of operators upon transactions: added, never changed. */
export class TypeormOperatorActions {
  constructor(private readonly dataSource: DataSource) {}

  /** The station's lock is held: no two have the same number. */
  async add(manager: EntityManager, tenant: string, transaction: string, nth: number, one: OperatorAction): Promise<void> {
    await manager.query(
      `INSERT INTO transactions.operator_actions (tenant, transaction, nth, action, by, at, reason, asked, before, after)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        ...[tenant, transaction, nth, one.action, one.by, one.at, one.reason],
        ...[JSON.stringify(one.asked), JSON.stringify(one.before), JSON.stringify(one.after)],
      ],
    );
  }

  async count(manager: EntityManager, tenant: string, transaction: string): Promise<number> {
    const rows: { count: number }[] = await manager.query(
      'SELECT count(*)::integer AS count FROM transactions.operator_actions WHERE tenant = $1 AND transaction = $2',
      [tenant, transaction],
    );
    return rows[0]?.count ?? 0;
  }

  /** Oldest first. */
  async of(tenant: string, transaction: string): Promise<OperatorAction[]> {
    const rows: (Omit<OperatorAction, 'at'> & { at: Date })[] = await this.dataSource.query(
      `SELECT action, by, at, reason, asked, before, after FROM transactions.operator_actions WHERE tenant = $1 AND transaction = $2 ORDER BY nth`,
      [tenant, transaction],
    );
    return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
  }
}
