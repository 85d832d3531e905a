import { FLAGS, MAX_STATION_LENGTH, cdrSchema, reviewStateSchema, type Flag } from '@voltbus/contracts';
import { anyOf, defineList, idTokenText, instant, oneOf, text } from '@voltbus/http';
import { z } from 'zod';

const flags = Object.keys(FLAGS) as Flag[]; // the keys are the flags
const currency = z.string().regex(/^[A-Z]{3}$/, 'is no currency such as EUR (ISO 4217)');

/** `GET /v1/cdrs`. */
export const cdrList = defineList({
  item: cdrSchema,
  keys: ['id'],
  filters: {
    station: anyOf(text.max(MAX_STATION_LENGTH)).optional(),
    transaction: anyOf(z.guid()).optional(),
    idToken: anyOf(idTokenText).optional().describe('Without regard to the case of the letters A to Z'),
    kind: oneOf(cdrSchema.shape.kind).optional().describe('Charges or credits'),
    flag: oneOf(flags).optional().describe('That have any of these flags'),
    review: oneOf(reviewStateSchema)
      .optional()
      .describe(
        'Only those whose review is in such a state. Left out: what was issued, as on `csms.cdrs.v1`; `held`: what waits for an operator',
      ),
    currency: anyOf(currency).optional(),
    from: instant.optional().describe('Session started then or later'),
    to: instant.optional().describe('Session started before'),
    issuedFrom: instant
      .optional()
      .describe(
        'Issued then or later. With `issuedFrom` or `issuedTo`, the list is in the order of issue, and `resumeCursor` never expires',
      ),
    issuedTo: instant.optional().describe('Issued before. Once that time has passed, no CDR is added to the list'),
  },
  sorts: ['startedAt', 'endedAt', 'issuedAt'],
  defaultSort: '-startedAt',
});
