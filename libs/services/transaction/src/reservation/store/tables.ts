import { OF_A_STATION, type TableDeclaration } from '@voltbus/database';
import { MAX_LIVE } from '../limits';

export const tables: readonly TableDeclaration[] = [
  {
    ...OF_A_STATION,
    name: 'reservations',
    holds: 'Reservations of places at stations, and what became of them',
    madeBy: 'operators',
    bound: `${MAX_LIVE} of a station at once: 409 \`conflict\` beyond`,
    keeping: { kind: 'aged', column: 'expires_at', days: 'TRANSACTIONS' },
    tokens: [{ how: 'pseudonymised', columns: ['id_token', 'token'], notYet: 'ended_at IS NULL' }],
  },
];
