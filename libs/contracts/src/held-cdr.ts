import { z } from 'zod';
import { reviewReasonSchema } from './cdr';

/** `voltbus.cdr.held` on `csms.internal.cdr-reviews.v1`: this revision of a transaction has a CDR that waits for an operator's review. */
export const heldCdrSchema = z.object({
  tenant: z.string(),
  station: z.string(),
  /** Id of the CDR, for `GET /v1/cdrs/{id}`. */
  cdr: z.string(),
  transaction: z.string(),
  revision: z.int(),
  reasons: z.array(reviewReasonSchema),
});
export type HeldCdr = z.output<typeof heldCdrSchema>;
