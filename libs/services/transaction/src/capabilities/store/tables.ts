import { OF_A_STATION, type TableDeclaration, WITH_STATION } from '@voltbus/database';

export const tables: readonly TableDeclaration[] = [
  {
    ...OF_A_STATION,
    name: 'capabilities',
    holds: 'What stations say they can do',
    madeBy: 'stations',
    bound: 'one for each station',
    keeping: WITH_STATION,
  },
];
