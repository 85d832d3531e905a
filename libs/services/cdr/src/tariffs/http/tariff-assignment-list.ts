import { anyOf, defineList, oneOf, text } from '@voltbus/http';
import { ASSIGNMENT_KINDS } from '@voltbus/pricing';
import { assignmentSchema } from './tariff-assignment';

/** Longest name in this list. */
const named = text.min(1).max(100);

/** `GET /v1/tariff-assignments`. */
export const assignmentList = defineList({
  item: assignmentSchema,
  keys: ['kind', 'group'],
  filters: {
    kind: oneOf(ASSIGNMENT_KINDS).optional().describe('What a tariff is assigned to'),
    group: anyOf(named).optional().describe('Without regard to case'),
    tariff: anyOf(named).optional(),
    search: named.optional().describe('The beginning of `group`, without regard to case'),
  },
  sorts: ['kind', 'group', 'tariff'],
  defaultSort: 'kind',
});
