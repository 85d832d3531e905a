/** How long messages about a token may still come after its erasure, days: stations' times are believed so far back, and topics are read again no later. */
export const ERASURE_WATCH_DAYS = 90;

/**
 * Columns of a table in which the id of a token may stand, and what an erasure makes of the rows that have it: the row goes, the id is replaced by a
 * pseudonym, or it stays. A column of JSON, or of text, is searched; one of bytes only where rows go.
 */
export type TokenTrace =
  | { how: 'removed'; columns: readonly string[] }
  | {
      how: 'pseudonymised';
      columns: readonly string[];
      /** A condition of SQL: such rows cannot be changed yet, and the erasure is not done before they are. */
      notYet?: string;
      /** A condition of SQL: other rows wait until the last look for the token, and the erasure does not wait for them. */
      when?: string;
    }
  | { how: 'kept'; columns: readonly string[]; why: string };

/** A token that is erased, and what stands in its place. */
export interface ErasedToken {
  id: string;
  tenant: string;
  idToken: string;
  pseudonym: string;
  /** It is looked for a last time: rows wait no longer. */
  isLast?: boolean;
}
