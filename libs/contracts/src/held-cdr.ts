import type { StationRef } from './ids';

/** `voltbus.cdr.held` on `csms.cdr-reviews.v1`: this revision of a transaction has a CDR, which waits for a person. */
export interface HeldCdr extends StationRef {
  /** The CDR's id, for `GET /v1/cdrs/{id}`. */
  cdr: string;
  transaction: string;
  revision: number;
  reasons: readonly string[];
}
