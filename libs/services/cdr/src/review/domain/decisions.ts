import type { Cdr, CdrReview } from '@voltbus/contracts';
import { creditFor, standingOf } from '../../cdrs';

/** The person who decided about a CDR, with time and reason. */
export interface Decision {
  by: string;
  at: string;
  reason: string;
}

/** Releases a held CDR as it was shown: it replaces the charge that stands, if there is one. */
export function release(held: Cdr, cdrs: readonly Cdr[], decision: Decision): Cdr[] {
  const standing = standingOf(cdrs);
  const charge = { ...held, review: decided(held.review, 'released', decision) };
  return standing === null ? [charge] : [creditFor(standing, held.revision), charge];
}

/** The review of a CDR with a decision added to the reasons for which it was held. */
export function decided(
  review: CdrReview | undefined,
  state: 'released' | 'corrected' | 'waived' | 'superseded',
  { by, at, reason }: Decision | { by: null; at: string; reason: null },
): CdrReview {
  return { state, reasons: review?.reasons ?? [], heldAt: review?.heldAt ?? null, by, at, reason };
}
