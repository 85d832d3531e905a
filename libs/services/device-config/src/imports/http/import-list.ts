import { IMPORT_KINDS, anyOf, defineList, instant, oneOf, text, trueOrFalse } from '@voltbus/http';
import { IMPORT_STATES, ITEM_OUTCOMES } from '../import-job';
import { importSchema, itemResultSchema } from './import';

/** `GET /v1/imports`. */
export const importList = defineList({
  item: importSchema,
  keys: ['id'],
  filters: {
    kind: oneOf(IMPORT_KINDS).optional().describe('What is imported'),
    state: oneOf(IMPORT_STATES).optional(),
    dryRun: trueOrFalse.optional().describe('Whether nothing is written'),
    from: instant.optional().describe('Created then or later'),
    to: instant.optional().describe('Created before'),
  },
  sorts: ['createdAt'],
  defaultSort: '-createdAt',
});

/** `GET /v1/imports/{id}/results`. */
export const importResultList = defineList({
  item: itemResultSchema,
  keys: ['line'],
  filters: {
    outcome: oneOf(ITEM_OUTCOMES).optional().describe('What became of the item'),
    key: anyOf(text.max(255)).optional().describe('As it was given'),
  },
  sorts: ['line'],
  defaultSort: 'line',
});
