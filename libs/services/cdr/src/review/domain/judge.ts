import { type ByHand, type Cdr, type CdrReview, type EndedTransaction } from '@voltbus/contracts';
import type { Terms } from '@voltbus/pricing';
import { settle, standingOf, takeBack } from '../../domain/settle';
import type { Book } from './book';
import { doubtsAbout, type ReviewPolicy } from './doubts';

/** What becomes of a revision. `stands`: it bills what is charged already. */
export type Judgement =
  | { kind: 'issue'; cdrs: Cdr[]; correction: ByHand | null }
  | { kind: 'stands'; charge: Cdr; correction: ByHand | null }
  | { kind: 'hold'; cdr: Cdr };

/**
 * Whether a newer account is charged, or waits for a person. An operator's own correction is not doubted. While one CDR of a transaction waits, a later
 * revision takes its place and waits as well: nothing goes out behind the back of whoever is looking.
 */
export function judge(
  account: EndedTransaction,
  book: Book,
  { terms, policy, now }: { terms: Terms; policy: ReviewPolicy; now: number },
): Judgement {
  const standing = standingOf(book.cdrs);
  const cdrs = settle(account, standing, terms);
  const charge = cdrs.at(-1);
  const correction = ownCorrection(account);
  if (charge === undefined) {
    if (standing === null) throw new Error('a revision that charges nothing needs a charge that stands');
    return { kind: 'stands', charge: standing, correction };
  }
  if (correction !== null) return { kind: 'issue', cdrs: withReview(cdrs, correctedBy(correction, book.held)), correction };
  const doubts = doubtsAbout(charge, account, book, policy, now);
  if (doubts.length === 0 && book.held === null) return { kind: 'issue', cdrs, correction };
  const reasons = doubts.length > 0 ? doubts : (book.held?.review?.reasons ?? []);
  const heldAt = book.held?.review?.heldAt ?? new Date(now).toISOString();
  return { kind: 'hold', cdr: { ...charge, review: { state: 'held', reasons, heldAt, by: null, at: null, reason: null } } };
}

/** Who decided about a CDR, when and why. */
export interface Decision {
  by: string;
  at: string;
  reason: string;
}

/** Lets a held CDR go as it was shown: in the place of the charge that stands, if there is one. */
export function release(held: Cdr, { cdrs }: Pick<Book, 'cdrs'>, decision: Decision): Cdr[] {
  const standing = standingOf(cdrs);
  const charge = { ...held, review: decided(held.review, 'released', decision) };
  return standing === null ? [charge] : [takeBack(standing, held.revision), charge];
}

/** What an operator decided, beside why it was held. */
export function decided(
  review: CdrReview | undefined,
  state: 'released' | 'corrected' | 'waived' | 'superseded',
  { by, at, reason }: Decision | { by: null; at: string; reason: null },
): CdrReview {
  return { state, reasons: review?.reasons ?? [], heldAt: review?.heldAt ?? null, by, at, reason };
}

/** The account is just what an operator made it; later ones have data that came after. */
function ownCorrection({ byHand, revision }: EndedTransaction): ByHand | null {
  return byHand?.action === 'correct' && byHand.revision === revision ? byHand : null;
}

function correctedBy(correction: Decision, held: Cdr | null): CdrReview {
  return decided(held?.review, 'corrected', correction);
}

/** Of the charge alone: its credit is part of the correction. */
function withReview(cdrs: readonly Cdr[], review: CdrReview): Cdr[] {
  return cdrs.map((cdr) => (cdr.kind === 'charge' ? { ...cdr, review } : cdr));
}
