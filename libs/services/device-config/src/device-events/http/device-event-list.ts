import { MAX_STATION_LENGTH, alertSchema, deviceEventSchema } from '@voltbus/contracts';
import { anyOf, defineList, instant, oneOf, text, trueOrFalse, wholeNumber } from '@voltbus/http';

const station = anyOf(text.max(MAX_STATION_LENGTH)).optional();
const severity = wholeNumber(0, 9).optional().describe('At most this number: the lower, the more severe. Leaves out what has none');

/** What the list and the export are filtered by. */
export const deviceEventFilters = {
  station,
  component: anyOf(text.max(100)).optional().describe('Without regard to case'),
  variable: anyOf(text.max(100)).optional().describe('Without regard to case'),
  trigger: oneOf(['Alerting', 'Delta', 'Periodic']).optional().describe('What made the station tell of it'),
  severity,
  from: instant.optional().describe('Received then or later'),
  to: instant.optional().describe('Received before'),
};

/** `GET /v1/device-events`. */
export const deviceEventList = defineList({
  item: deviceEventSchema,
  keys: ['id'],
  filters: deviceEventFilters,
  sorts: ['at'],
  defaultSort: '-at',
});

/** `GET /v1/alerts`. */
export const alertList = defineList({
  item: alertSchema,
  keys: ['id'],
  filters: {
    station,
    open: trueOrFalse.optional().describe('Whether it is not cleared yet'),
    rule: anyOf(text.max(100)).optional().describe('Names of rules'),
    severity,
    from: instant.optional().describe('Raised then or later'),
    to: instant.optional().describe('Raised before'),
  },
  sorts: ['raisedAt'],
  defaultSort: '-raisedAt',
});
