import type { TransactionBill, TransactionBills } from '@voltbus/http';
import type { DataSource } from 'typeorm';
import { transactionBill, type BilledParts } from '../domain/transaction-bill';

const MEMBERS = `'id', id, 'currency', body #>> '{cost,currency}', 'total', body #>> '{cost,total}', 'totalInclTax', body #>> '{cost,totalInclTax}'`;
const WHICH = 'tenant = $1 AND transaction = ANY($2::uuid[])';

/** The bills of transactions, for their API. */
export class TypeormTransactionBills implements TransactionBills {
  constructor(private readonly dataSource: DataSource) {}

  async of(tenant: string, transactions: readonly string[]): Promise<ReadonlyMap<string, TransactionBill>> {
    if (transactions.length === 0) return new Map();
    const rows: (BilledParts & { transaction: string })[] = await this.dataSource.query(
      `SELECT transaction, coalesce(issued, '[]') AS issued, held_last AS "heldLast"
       FROM (SELECT transaction, json_agg(json_build_object(${MEMBERS}) ORDER BY issued_at) AS issued
         FROM cdr.cdrs WHERE ${WHICH} GROUP BY transaction) AS charged
       FULL JOIN (SELECT DISTINCT ON (transaction) transaction, json_build_object(${MEMBERS}, 'state', state) AS held_last
         FROM cdr.reviews WHERE ${WHICH} ORDER BY transaction, revision DESC) AS reviewed USING (transaction)`,
      [tenant, transactions],
    );
    return new Map(rows.map(({ transaction, ...parts }) => [transaction, transactionBill(parts)]));
  }
}
