import type { TableDeclaration } from '@voltbus/database';
import { OF_A_STATION, WITH_STATION } from '../../store/table-kinds';

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
