import type { Cdr, ReviewState } from '@voltbus/contracts';

/** All that is known of one transaction's CDRs. */
export interface Book {
  /** Issued, in order. */
  cdrs: readonly Cdr[];
  /** The CDR that waits for a person, with its review. */
  held: Cdr | null;
  /** The last that ever waited, whatever became of it. */
  heldLast: Cdr | null;
  /** Highest revision that was issued or held. One that only confirmed a charge is not counted: it does so again. */
  revision: number;
  /** When the first charge went out, Unix ms. */
  firstIssuedAt: number | null;
  /** What an operator decided last of any of them. */
  lastDecision: ReviewState | null;
}

export const EMPTY_BOOK: Book = { cdrs: [], held: null, heldLast: null, revision: 0, firstIssuedAt: null, lastDecision: null };
