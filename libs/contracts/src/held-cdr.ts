import { z } from 'zod';

/** `voltbus.cdr.held` on `csms.cdr-reviews.v1`: this revision of a transaction has a CDR that waits for an operator's review. */
export const heldCdrSchema = z.object({
  tenant: z.string(),
  station: z.string(),
  /** Id of the CDR, for `GET /v1/cdrs/{id}`. */
  cdr: z.string(),
  transaction: z.string(),
  revision: z.int(),
  reasons: z.array(z.string()),
});
export type HeldCdr = z.output<typeof heldCdrSchema>;
