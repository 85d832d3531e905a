import type { Cdr, EndedTransaction } from '@voltbus/contracts';
import { Decimal } from 'decimal.js';
import { standingOf } from '../../domain/settle';
import type { Book } from './book';
import { usualMaximum } from './usual-maximum';

/** What a tenant wants to have looked at. */
export interface ReviewPolicy {
  flags: readonly string[];
  /** Without tax, in the tenant's currency; null: `usualMaximum`. */
  above: string | null;
}

/** Later than this after the first charge nothing is corrected by itself: who was billed may count on it. Offline queues are days long. */
export const CORRECTION_WINDOW_MS = 14 * 86_400_000;
/** Corrections by themselves; an honest queue that is emptied makes one or two. */
export const MAX_CORRECTIONS = 5;
/** A correction to more than so many times the first bill is held. */
export const MAX_RAISE_FACTOR = 3;
/** A raise below this share of the amount from which bills are held is small change: a cent may become ten. */
export const SMALL_RAISE_SHARE = 0.01;

/** A bill with one of these said itself that the end or the energy was not known yet: that it rises is no wonder. */
const PROVISIONAL: readonly string[] = ['implicit-end', 'silent-end', 'matched-stop', 'no-start', 'no-energy'];

/** Why a charge must not go out before a person has looked at it; none: it may. */
export function doubtsAbout(charge: Cdr, account: EndedTransaction, book: Book, { flags, above }: ReviewPolicy, now: number): string[] {
  const maximum = new Decimal(above ?? usualMaximum(charge.cost.currency));
  return [
    ...charge.flags.filter((flag) => flags.includes(flag)),
    ...(maximum.lt(charge.cost.total) ? ['total-above-maximum'] : []),
    ...(standingOf(book.cdrs) === null ? [] : doubtsAboutCorrection(charge, book, maximum, now)),
    ...(account.byHand?.action === 'correct' ? ['after-correction'] : []),
    ...(book.lastDecision === 'waived' ? ['after-waiver'] : []),
  ];
}

function doubtsAboutCorrection(charge: Cdr, { cdrs, firstIssuedAt }: Book, maximum: Decimal, now: number): string[] {
  const corrections = cdrs.filter(({ kind }) => kind === 'credit').length;
  return [
    ...(raisedTooFar(charge, cdrs, maximum) ? ['raised-too-far'] : []),
    ...(corrections >= MAX_CORRECTIONS ? ['corrected-too-often'] : []),
    ...(firstIssuedAt !== null && now - firstIssuedAt > CORRECTION_WINDOW_MS ? ['corrected-too-late'] : []),
  ];
}

/** Compared with the first bill that was meant to last, or the last that a person let go: many small steps come as far as a large one. */
function raisedTooFar(charge: Cdr, cdrs: readonly Cdr[], maximum: Decimal): boolean {
  const charges = cdrs.filter(({ kind }) => kind === 'charge');
  const looked = charges.findLast(({ review }) => review !== undefined && review.state !== 'none');
  const first = looked ?? charges.find(({ flags }) => !flags.some((flag) => PROVISIONAL.includes(flag)));
  if (first === undefined) return false;
  const [before, after] = [new Decimal(first.cost.total), new Decimal(charge.cost.total)];
  return after.gt(before.times(MAX_RAISE_FACTOR)) && after.minus(before).gt(maximum.times(SMALL_RAISE_SHARE));
}
