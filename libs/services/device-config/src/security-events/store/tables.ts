import { OF_A_STATION, type TableDeclaration } from '@voltbus/database';
import { ALLOWANCE } from '../limits';

export const tables: readonly TableDeclaration[] = [
  {
    ...OF_A_STATION,
    name: 'security_events',
    holds: 'Security events that stations reported, or that were seen of them',
    madeBy: 'stations',
    bound: `of a station, ${ALLOWANCE.burst} reports at once and ${ALLOWANCE.perDay} a day: beyond, they are answered and counted, and not kept; of what is seen, one of a type an hour`,
    keeping: { kind: 'aged', column: 'at', days: 'SECURITY_EVENTS' },
    tokens: [{ how: 'pseudonymised', columns: ['info'] }],
  },
];
