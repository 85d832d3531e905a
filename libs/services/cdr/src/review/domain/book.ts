import type { Cdr, ReviewState } from '@voltbus/contracts';

/** All that is known of one transaction's CDRs. */
export interface Book {
  /** Issued, in order. */
  cdrs: readonly Cdr[];
  /** The CDR that waits for a person, with its review. */
  held: Cdr | null;
  /** The last that ever waited, whatever became of it. */
  heldLast: Cdr | null;
  /** Highest revision that was issued, held, or found to be billed already. */
  revision: number;
  /** The charge that was found to bill a later revision too, and that revision. */
  confirmed: { id: string; revision: number } | null;
  /** When the first charge went out, Unix ms. */
  firstIssuedAt: number | null;
  /** What an operator decided last of any of them. */
  lastDecision: ReviewState | null;
}

export const EMPTY_BOOK: Book = {
  cdrs: [],
  held: null,
  heldLast: null,
  revision: 0,
  confirmed: null,
  firstIssuedAt: null,
  lastDecision: null,
};
