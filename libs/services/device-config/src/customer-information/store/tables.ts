import { OF_A_STATION, type TableDeclaration } from '@voltbus/database';
import { MAX_CHARACTERS, MAX_PARTS } from '../limits';

export const tables: readonly TableDeclaration[] = [
  {
    ...OF_A_STATION,
    name: 'customer_information',
    holds: 'What stations reported of customers that somebody asked for, in parts',
    madeBy: 'stations',
    bound: `${MAX_PARTS} parts and ${MAX_CHARACTERS} characters of a request; the rest is counted`,
    keeping: { kind: 'aged', column: 'received_at', days: 'CUSTOMER_INFORMATION' },
    tokens: [{ how: 'removed', columns: ['data'] }],
  },
];
