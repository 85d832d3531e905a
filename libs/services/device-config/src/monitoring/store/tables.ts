import { OF_A_STATION, WITH_STATION, type TableDeclaration } from '@voltbus/database';
import { MAX_MONITORS } from '../limits';

export const tables: readonly TableDeclaration[] = [
  {
    ...OF_A_STATION,
    name: 'monitoring',
    holds: 'Monitoring base and level of stations, and how their last report of monitors stands',
    madeBy: 'stations',
    bound: 'one for each station',
    keeping: WITH_STATION,
  },
  {
    ...OF_A_STATION,
    name: 'monitors',
    holds: 'Monitors of variables of stations',
    madeBy: 'stations',
    bound: `${MAX_MONITORS} of a station: beyond, they are counted with the report only`,
    keeping: WITH_STATION,
  },
];
