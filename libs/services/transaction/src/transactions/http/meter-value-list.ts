import { anyOf, defineList, instant, text } from '@voltbus/http';
import { meterValueSchema } from './transaction';

/** `GET /v1/transactions/{id}/meter-values`. */
export const meterValueList = defineList({
  item: meterValueSchema,
  keys: ['at', 'context', 'evse'],
  filters: {
    context: anyOf(text.min(1).max(100)).optional().describe('The context that the station gave, as in OCPP'),
    from: instant.optional().describe('Read then or later'),
    to: instant.optional().describe('Read before'),
  },
  sorts: ['at'],
  defaultSort: 'at',
});
