import type { Cdr, CdrReview, ReviewState } from '@voltbus/contracts';

/** All that is known of one transaction's CDRs. */
export interface CdrHistory {
  /** Issued, in order. */
  cdrs: readonly Cdr[];
  /** The CDR that waits for an operator, with its review. */
  held: Cdr | null;
  /** The last CDR that was ever held, whatever was decided about it. */
  heldLast: Cdr | null;
  /** Highest revision that was issued, held, or found to be billed already. */
  revision: number;
  /** The charge that was found to bill a later revision too, and that revision. */
  confirmed: { id: string; revision: number } | null;
  /** When the first charge was issued, Unix ms. */
  firstIssuedAt: number | null;
  /** The last decision of an operator about any of them. */
  lastDecision: ReviewState | null;
}

export const EMPTY_HISTORY: CdrHistory = {
  cdrs: [],
  held: null,
  heldLast: null,
  revision: 0,
  confirmed: null,
  firstIssuedAt: null,
  lastDecision: null,
};

/** A CDR as it is stored. */
interface IssuedCdr {
  cdr: Cdr;
  issuedAt: Date;
  /** The last revision of its transaction that it was found to bill. */
  confirmed: number | null;
}

/** The held CDRs of a transaction that matter for what comes next. */
export interface HeldCdrs {
  /** Of the highest revision. */
  last: Cdr | null;
  /** The one that an operator decided about last. */
  decidedLast: Cdr | null;
}

/** Puts together what is stored of one transaction's CDRs, issued ones in the order in which they were issued. */
export function cdrHistory(issued: readonly IssuedCdr[], { last: heldLast, decidedLast }: HeldCdrs): CdrHistory {
  const cdrs = issued.map(({ cdr }) => cdr);
  const [first] = issued;
  const confirmed = issued.findLast((one) => one.confirmed !== null);
  return {
    cdrs,
    held: heldLast?.review?.state === 'held' ? heldLast : null,
    heldLast,
    revision: Math.max(heldLast?.revision ?? 0, confirmed?.confirmed ?? 0, ...cdrs.map(({ revision }) => revision)),
    confirmed: confirmed === undefined ? null : { id: confirmed.cdr.id, revision: confirmed.confirmed ?? 0 },
    firstIssuedAt: first?.issuedAt.getTime() ?? null,
    lastDecision: laterDecision(decidedLast, cdrs),
  };
}

/** The waiver of a charge is a decision as well. */
function laterDecision(decidedLast: Cdr | null, cdrs: readonly Cdr[]): ReviewState | null {
  const reviews = [...(decidedLast === null ? [] : [decidedLast]), ...cdrs].flatMap(({ review }) => (review?.at ? [review] : []));
  return reviews.reduce<CdrReview | null>((last, review) => ((last?.at ?? '') <= (review.at ?? '') ? review : last), null)?.state ?? null;
}
