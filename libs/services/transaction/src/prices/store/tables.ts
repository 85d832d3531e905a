import { HISTORY, OF_A_STATION, OF_A_TENANT, type TableDeclaration } from '@voltbus/database';

export const tables: readonly TableDeclaration[] = [
  { ...OF_A_TENANT, name: 'terms', holds: 'Terms of tenants', madeBy: 'operators', bound: 'one for each change', keeping: HISTORY },
  {
    ...OF_A_TENANT,
    name: 'prices',
    holds: 'Tariffs, and who has which',
    madeBy: 'operators',
    bound: 'one for each change',
    keeping: HISTORY,
  },
  {
    ...OF_A_STATION,
    name: 'station_groups',
    holds: 'Groups of stations, with their history',
    madeBy: 'operators',
    bound: 'one for each change',
    keeping: HISTORY,
  },
];
