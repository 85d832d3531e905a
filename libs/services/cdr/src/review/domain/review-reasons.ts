import type { Cdr, EndedTransaction } from '@voltbus/contracts';
import { Decimal } from 'decimal.js';
import { standingOf, type CdrHistory } from '../../cdrs';
import { usualMaximum } from './usual-maximum';

/** The CDRs that a tenant wants to have reviewed. */
export interface ReviewPolicy {
  flags: readonly string[];
  /** Amount without tax, in the tenant's currency; null: `usualMaximum`. */
  above: string | null;
}

/** Later than this after the first charge, a correction is held: customers may rely on their bill by then. Offline queues are days long. */
export const CORRECTION_WINDOW_MS = 14 * 86_400_000;
/** Corrections that are not held; an honest offline queue that is emptied makes one or two. */
export const MAX_CORRECTIONS = 5;
/** A correction to more than this multiple of the first bill is held. */
const MAX_RAISE_FACTOR = 3;
/** A raise below this share of the review maximum is small change: a cent may become ten. */
const SMALL_RAISE_SHARE = 0.01;

/** A bill with one of these flags was provisional, because the end or the energy was not known yet: it may rise. */
const PROVISIONAL: readonly string[] = ['implicit-end', 'silent-end', 'matched-stop', 'no-start', 'no-energy'];

interface ReviewContext {
  ended: EndedTransaction;
  history: CdrHistory;
  policy: ReviewPolicy;
  /** Unix ms. */
  now: number;
}

/** Returns why a charge must not be issued before an operator has looked at it; no reason: it may. */
export function reviewReasons(charge: Cdr, { ended, history, policy: { flags, above }, now }: ReviewContext): string[] {
  const maximum = new Decimal(above ?? usualMaximum(charge.cost.currency));
  return [
    ...charge.flags.filter((flag) => flags.includes(flag)),
    ...(maximum.lt(charge.cost.total) ? ['total-above-maximum'] : []),
    ...(standingOf(history.cdrs) === null ? [] : correctionReasons(charge, history, maximum, now)),
    ...(ended.byHand?.action === 'correct' ? ['after-correction'] : []),
    ...(history.lastDecision === 'waived' ? ['after-waiver'] : []),
  ];
}

function correctionReasons(charge: Cdr, { cdrs, firstIssuedAt }: CdrHistory, maximum: Decimal, now: number): string[] {
  const corrections = cdrs.filter(({ kind }) => kind === 'credit').length;
  return [
    ...(raisedTooFar(charge, cdrs, maximum) ? ['raised-too-far'] : []),
    ...(corrections >= MAX_CORRECTIONS ? ['corrected-too-often'] : []),
    ...(firstIssuedAt !== null && now - firstIssuedAt > CORRECTION_WINDOW_MS ? ['corrected-too-late'] : []),
  ];
}

/** Compares with the first bill that was not provisional, or the last that an operator decided about: many small steps add up to a large one. */
function raisedTooFar(charge: Cdr, cdrs: readonly Cdr[], maximum: Decimal): boolean {
  const charges = cdrs.filter(({ kind }) => kind === 'charge');
  const reviewed = charges.findLast(({ review }) => review !== undefined && review.state !== 'none');
  const first = reviewed ?? charges.find(({ flags }) => !flags.some((flag) => PROVISIONAL.includes(flag)));
  if (first === undefined) return false;
  const [before, after] = [new Decimal(first.cost.total), new Decimal(charge.cost.total)];
  return after.gt(before.times(MAX_RAISE_FACTOR)) && after.minus(before).gt(maximum.times(SMALL_RAISE_SHARE));
}
