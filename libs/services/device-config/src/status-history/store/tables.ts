import { OF_A_STATION, type TableDeclaration } from '@voltbus/database';
import { HISTORY_ALLOWANCE } from '../limits';

export const tables: readonly TableDeclaration[] = [
  {
    ...OF_A_STATION,
    name: 'status_history',
    holds: 'States of connectors and components, and connections of stations, as they were reported',
    madeBy: 'stations',
    bound: `of a station, ${HISTORY_ALLOWANCE.burst} changes at once and ${HISTORY_ALLOWANCE.perDay} a day: beyond, the state changes without history`,
    keeping: { kind: 'aged', column: 'replaced_at', days: 'STATUS_HISTORY' },
  },
];
