import { OF_A_STATION, WITH_STATION, type TableDeclaration } from '@voltbus/database';
import { MAX_EXCLUSIONS } from '../limits';

export const tables: readonly TableDeclaration[] = [
  {
    ...OF_A_STATION,
    name: 'uptime_exclusions',
    holds: 'Outages that reports of uptime leave out, and why',
    madeBy: 'operators',
    bound: `${MAX_EXCLUSIONS} of a tenant: beyond, 409`,
    keeping: WITH_STATION,
  },
];
