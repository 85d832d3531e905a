import { anyOf, defineList, filterOf, instant, oneOf, text, trueOrFalse } from '@voltbus/http';
import { z } from 'zod';
import { SOURCES } from '../domain/merge-variable';
import { MAX_NAME } from '../domain/observation';
import { changeSchema } from './variable-change';
import { reportSchema } from './variable-report';
import { variableSchema } from './variable';

const name = text.max(MAX_NAME);
const number = filterOf({ type: 'integer', minimum: 0, maximum: 999_999_999 }, (part) =>
  /^\d{1,9}$/.test(part) ? { value: Number(part) } : { fault: `${part.slice(0, 20)} is no whole number` },
);

/** `GET /v1/stations/{station}/variables`. */
export const variableList = defineList({
  item: variableSchema,
  keys: ['id'],
  filters: {
    id: anyOf(z.uuid()).optional().describe('Ids of variables'),
    component: anyOf(name).optional().describe('Without regard to case'),
    variable: anyOf(name).optional().describe('Without regard to case'),
    key: anyOf(name).optional().describe('Configuration key of 1.6, without regard to case'),
    evse: number.optional().describe('0: of the station itself'),
    connector: number.optional().describe('0: of no connector'),
    writable: trueOrFalse.optional().describe('Whether its value can be set, as far as the station has told'),
    rebootRequired: trueOrFalse.optional().describe('Whether a value waits for the next boot'),
    search: name.min(1).optional().describe('A part of a name, an instance, a key or the value, without regard to case'),
  },
  sorts: ['component', 'variable', 'reportedAt'],
  defaultSort: 'component',
});

/** `GET /v1/stations/{station}/variable-changes`. */
export const changeList = defineList({
  item: changeSchema,
  keys: ['id'],
  filters: {
    variable: anyOf(z.uuid()).optional().describe('Id of a variable'),
    source: oneOf(SOURCES).optional().describe('How the new value became known'),
    command: anyOf(z.uuid()).optional().describe('Id of the command that set or read it'),
    from: instant.optional().describe('Changed then or later'),
    to: instant.optional().describe('Changed before'),
  },
  sorts: ['at'],
  defaultSort: '-at',
});

/** `GET /v1/stations/{station}/variable-reports`. */
export const reportList = defineList({
  item: reportSchema,
  keys: ['id'],
  filters: { id: anyOf(z.uuid()).optional().describe('Ids of reports') },
  sorts: ['begunAt'],
  defaultSort: '-begunAt',
});
