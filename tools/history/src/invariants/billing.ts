import type { Cdr, EndedTransaction } from '@voltbus/contracts';
import { eachOnce, groupedBy, type History, type Recorded } from '../history';

/** Amounts are decimal strings of at most so many places. */
const SMALLEST_AMOUNT = 0.0005;

/** Invariant 2: each ended transaction has exactly one charge that stands, whose periods add up to its total, and its total to its registers. */
export function billing({ transactions, cdrs, heldCdrs }: History): string[] {
  const bills = groupedBy(
    eachOnce(cdrs).map(({ value }) => value),
    ({ transaction }) => transaction,
  );
  const held = new Set(heldCdrs.map(({ value }) => value.transaction));
  const ended = transactions.filter((event): event is Recorded<EndedTransaction> => event.type === 'voltbus.transaction.ended');
  const ids = new Set(ended.map(({ value }) => value.id));
  return [
    ...[...ids].flatMap((id) => standingErrors(id, bills.get(id) ?? [], held.has(id))),
    ...[...bills.keys()].filter((id) => !ids.has(id)).map((id) => `transaction ${id}: billed, and no end of it is on the topic`),
    ...[...bills.values()].flat().flatMap(sumErrors),
  ];
}

function standingErrors(id: string, bills: readonly Cdr[], held: boolean): string[] {
  const charges = bills.filter(({ kind }) => kind === 'charge');
  const credits = bills.filter(({ kind }) => kind === 'credit');
  const standing = charges.length - credits.length;
  const withdrawn = held || credits.some(({ review }) => review?.state === 'waived');
  const errors = standing === 1 || (standing === 0 && withdrawn) ? [] : [`transaction ${id}: ${standing} charges stand`];
  for (const [of, again] of groupedBy(credits, ({ creditOf }) => creditOf ?? ''))
    if (again.length > 1 || !charges.some((charge) => charge.id === of)) errors.push(`transaction ${id}: ${again.length} credits of ${of}`);
  return errors;
}

function sumErrors(cdr: Cdr): string[] {
  const { id, energyWh, meterStartWh, meterStopWh, periods, cost, flags } = cdr;
  const errors: string[] = [];
  const periodWh = periods.reduce((sum, period) => sum + period.energyWh, 0);
  if (periods.length > 0 && periodWh !== energyWh) errors.push(`CDR ${id}: periods of ${periodWh} Wh, ${energyWh} Wh in all`);
  const metered = meterStartWh === null || meterStopWh === null ? null : meterStopWh - meterStartWh;
  if (flags.length === 0 && metered !== Math.abs(energyWh)) errors.push(`CDR ${id}: registers say ${metered} Wh, it bills ${energyWh} Wh`);
  const parts = periods.reduce((sum, period) => sum + Number(period.cost), Number(cost.fixed));
  if (Math.abs(parts - Number(cost.total)) > SMALLEST_AMOUNT) errors.push(`CDR ${id}: its parts cost ${parts}, ${cost.total} in all`);
  return errors;
}
