import { FLAGS, MAX_STATION_LENGTH, billedTransactionSchema, type Flag } from '@voltbus/contracts';
import { anyOf, defineList, idTokenText, instant, oneOf, text } from '@voltbus/http';

const flags = Object.keys(FLAGS) as Flag[]; // the keys are the flags

/** `GET /v1/transactions`. */
export const transactionList = defineList({
  item: billedTransactionSchema,
  keys: ['id'],
  filters: {
    station: anyOf(text.max(MAX_STATION_LENGTH)).optional(),
    state: oneOf(billedTransactionSchema.shape.state).optional(),
    idToken: anyOf(idTokenText).optional().describe('Without regard to case'),
    flag: oneOf(flags).optional().describe('That have any of these flags'),
    from: instant.optional().describe('Started then or later'),
    to: instant.optional().describe('Started before'),
  },
  sorts: ['startedAt', 'endedAt'],
  defaultSort: '-startedAt',
});
