import type { TransactionBill } from '@voltbus/http';
import { Decimal } from 'decimal.js';

/** Ids that a bill names; `GET /v1/cdrs?transaction=` has all. */
export const MAX_CDRS_NAMED = 100;

/** The amounts of a CDR. */
interface Amounts {
  currency: string;
  /** Without tax. */
  total: string;
  totalInclTax: string;
}

/** What counts of a transaction's CDRs, of which there is one at least: those issued, in order, and the last that was held. */
export interface BilledParts {
  issued: readonly (Amounts & { id: string })[];
  heldLast: (Amounts & { id: string; state: string }) | null;
}

/** Sums up a transaction. It costs nothing where none was issued and an operator has waived the one that was held. */
export function transactionBill({ issued, heldLast }: BilledParts): TransactionBill {
  const isWaived = issued.length === 0 && heldLast?.state === 'waived';
  const last = issued.at(-1) ?? (isWaived ? heldLast : undefined);
  return {
    cdrs: issued.slice(-MAX_CDRS_NAMED).map(({ id }) => id),
    held: heldLast?.state === 'held' ? heldLast.id : null,
    isWaived,
    cost: last === undefined ? null : sumOf(issued, last),
  };
}

/** In the currency of the last CDR, and with its places. A transaction has no other currency, unless it was taken back. */
function sumOf(issued: BilledParts['issued'], { currency, total, totalInclTax }: Amounts): Amounts {
  const same = issued.filter((one) => one.currency === currency);
  const sum = (amountOf: (one: Amounts) => string, places: number) =>
    same.reduce((left, one) => left.plus(amountOf(one)), new Decimal(0)).toFixed(places);
  return {
    currency,
    total: sum((one) => one.total, placesOf(total)),
    totalInclTax: sum((one) => one.totalInclTax, placesOf(totalInclTax)),
  };
}

function placesOf(amount: string): number {
  return amount.split('.')[1]?.length ?? 0;
}
