import type { BilledTransaction, CdrCost, StationRef, Transaction } from '@voltbus/contracts';
import type { TransactionBill, TransactionBills } from '@voltbus/http';
import type { TypeormTransactionViews } from '../store/typeorm-transaction-views';

/** Injection token of the `RunningCosts`, which the running-cost block provides. */
export const RUNNING_COSTS = Symbol('running-costs');

/** Costs of transactions that are not billed yet. */
export interface RunningCosts {
  /** Null where it is not known. Never rejects. */
  costOf(transaction: StationRef & { id: string }): Promise<CdrCost | null>;
}

interface BillSources {
  bills: TransactionBills;
  costs: RunningCosts;
  views: Pick<TypeormTransactionViews, 'isBilled'>;
}

/** Adds CDRs and final costs by one query, however many transactions there are. */
export async function withBills(
  bills: TransactionBills,
  tenant: string,
  transactions: readonly Transaction[],
): Promise<BilledTransaction[]> {
  const found = await bills.of(
    tenant,
    transactions.map(({ id }) => id),
  );
  return transactions.map((transaction) => billed(transaction, found.get(transaction.id)));
}

/** Adds CDRs and cost: the running one where nothing is charged yet. */
export async function withBill({ bills, costs, views }: BillSources, transaction: Transaction): Promise<BilledTransaction> {
  const { tenant, id, state } = transaction;
  const bill = (await bills.of(tenant, [id])).get(id);
  const shown = billed(transaction, bill);
  // its CDRs were deleted, as they were too old: what it cost is not known any more
  const isForgotten = bill === undefined && state === 'ended' && (await views.isBilled(tenant, id));
  if (shown.cost !== null || isForgotten) return shown;
  const cost = await costs.costOf(transaction);
  if (cost === null) return shown;
  const { currency, total, totalInclTax } = cost;
  return { ...shown, cost: { currency, total, totalInclTax, state: 'running' } };
}

function billed(transaction: Transaction, bill: TransactionBill | undefined): BilledTransaction {
  const { cdrs: issued = [], held = null, cost = null } = bill ?? {};
  return {
    ...transaction,
    cdrs: { state: stateOf(bill), issued, held },
    cost: cost === null ? null : { ...cost, state: 'final' },
  };
}

function stateOf(bill: TransactionBill | undefined): BilledTransaction['cdrs']['state'] {
  if (bill === undefined) return 'none';
  if (bill.held !== null) return 'held';
  return bill.isWaived ? 'waived' : 'issued';
}
