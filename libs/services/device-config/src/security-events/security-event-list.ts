import { MAX_STATION_LENGTH, securityEventSchema } from '@voltbus/contracts';
import { anyOf, defineList, instant, oneOf, text } from '@voltbus/http';
import { MAX_TYPE_LENGTH } from './limits';

/** What the list and the export are filtered by. */
export const securityEventFilters = {
  station: anyOf(text.max(MAX_STATION_LENGTH)).optional(),
  type: anyOf(text.max(MAX_TYPE_LENGTH)).optional().describe('As it is spelt: `TamperDetectionActivated`, `wrong-credentials` ...'),
  severity: oneOf(securityEventSchema.shape.severity.options).optional().describe('How urgent it is'),
  source: oneOf(securityEventSchema.shape.source.options).optional().describe('Who noticed it'),
  from: instant.optional().describe('Received then or later'),
  to: instant.optional().describe('Received before'),
};

/** `GET /v1/security-events`. */
export const securityEventList = defineList({
  item: securityEventSchema,
  keys: ['id'],
  filters: securityEventFilters,
  sorts: ['at'],
  defaultSort: '-at',
});
