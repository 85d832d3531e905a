import { MAX_STATION_LENGTH } from '@voltbus/contracts';
import { anyOf, defineList, instant, oneOf, text, trueOrFalse } from '@voltbus/http';
import { deadLetterSchema } from './shown-dead-letter';

const named = text.min(1).max(255);

/** `GET /v1/dead-letters`. */
export const deadLetterList = defineList({
  item: deadLetterSchema,
  keys: ['id'],
  filters: {
    station: anyOf(text.max(MAX_STATION_LENGTH)).optional().describe('The station of `key`'),
    topic: anyOf(named).optional().describe('The topic of the record'),
    consumer: anyOf(named).optional().describe('The consumer group that gave it up'),
    handler: anyOf(named).optional().describe('The handler that gave it up'),
    kind: oneOf(['poison', 'defect', 'quarantine']).optional().describe('Why it was given up'),
    replayed: trueOrFalse.optional().describe('Whether it was ever published again'),
    from: instant.optional().describe('Given up then or later'),
    to: instant.optional().describe('Given up before'),
  },
  sorts: ['diedAt'],
  defaultSort: '-diedAt',
});
