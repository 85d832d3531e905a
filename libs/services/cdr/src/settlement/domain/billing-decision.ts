import type { ByHand, Cdr, CdrReview, EndedTransaction } from '@voltbus/contracts';
import type { Terms } from '@voltbus/pricing';
import { bill, standingOf, type CdrHistory } from '../../cdrs';
import type { Site } from '../../station-descriptions';
import { decided, reviewReasons, type ReviewPolicy } from '../../review';

/** The decision about a revision. `stands`: the charge that stands bills it already. */
export type BillingDecision =
  | { kind: 'issue'; cdrs: Cdr[]; correction: ByHand | null }
  | { kind: 'stands'; charge: Cdr; correction: ByHand | null }
  | { kind: 'hold'; cdr: Cdr };

/**
 * Decides whether a newer revision is charged or held. An operator's own correction is charged. While one CDR of a transaction is held, a later revision
 * replaces it and is held as well: nothing is issued while an operator looks at an earlier one.
 */
export function decideBilling(
  ended: EndedTransaction,
  history: CdrHistory,
  { terms, site, policy, now }: { terms: Terms; site: Site | null; policy: ReviewPolicy; now: number },
): BillingDecision {
  const standing = standingOf(history.cdrs);
  const cdrs = bill(ended, standing, terms, site);
  const charge = cdrs.at(-1);
  const correction = ownCorrection(ended);
  if (charge === undefined) {
    if (standing === null) throw new Error('a revision that charges nothing needs a charge that stands');
    return { kind: 'stands', charge: standing, correction };
  }
  const { held } = history;
  if (correction !== null) return { kind: 'issue', cdrs: withReview(cdrs, decided(held?.review, 'corrected', correction)), correction };
  const found = reviewReasons(charge, { ended, history, policy, now });
  if (found.length === 0 && held === null) return { kind: 'issue', cdrs, correction };
  const reasons = found.length > 0 ? found : (held?.review?.reasons ?? []);
  const heldAt = held?.review?.heldAt ?? new Date(now).toISOString();
  return { kind: 'hold', cdr: { ...charge, review: { state: 'held', reasons, heldAt, by: null, at: null, reason: null } } };
}

/** The correction that caused this revision; later revisions have data received after it. */
function ownCorrection({ byHand, revision }: EndedTransaction): ByHand | null {
  return byHand?.action === 'correct' && byHand.revision === revision ? byHand : null;
}

/** Adds the review to the charge only: its credit is part of the correction. */
function withReview(cdrs: readonly Cdr[], review: CdrReview): Cdr[] {
  return cdrs.map((cdr) => (cdr.kind === 'charge' ? { ...cdr, review } : cdr));
}
