import { OF_A_STATION, type TableDeclaration } from '@voltbus/database';

/** How long a station that is not connected is remembered. */
const ABSENCE_KEPT_DAYS = 30;

export const tables: readonly TableDeclaration[] = [
  {
    ...OF_A_STATION,
    name: 'presence',
    holds: 'Which stations are connected',
    madeBy: 'stations',
    bound: 'one for each station that was admitted',
    keeping: { kind: 'aged', column: 'since', days: ABSENCE_KEPT_DAYS, where: 'NOT connected' },
  },
];
