import { OF_A_STATION, type TableDeclaration, WITH_STATION } from '@voltbus/database';

export const tables: readonly TableDeclaration[] = [
  {
    ...OF_A_STATION,
    name: 'capabilities',
    holds: 'Capabilities that stations have reported',
    madeBy: 'stations',
    bound: 'one for each station',
    keeping: WITH_STATION,
  },
];
