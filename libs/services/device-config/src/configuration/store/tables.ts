import { OF_A_STATION, OF_A_TENANT, WITH_STATION, WITH_TENANT, type TableDeclaration } from '@voltbus/database';
import { MAX_PROFILES, MAX_VALUES } from '../limits';

export const tables: readonly TableDeclaration[] = [
  {
    ...OF_A_TENANT,
    name: 'configuration_profiles',
    holds: 'Values that stations of a kind shall have',
    madeBy: 'operators',
    bound: `${MAX_PROFILES} of a tenant, each with ${MAX_VALUES} values`,
    keeping: WITH_TENANT,
  },
  {
    ...OF_A_TENANT,
    name: 'configuration_revisions',
    holds: 'When the configuration profiles of a tenant last changed',
    madeBy: 'operators',
    bound: 'one for each tenant',
    keeping: WITH_TENANT,
  },
  {
    ...OF_A_STATION,
    name: 'station_configurations',
    holds: 'Values that a station shall have, and how its last check ended',
    madeBy: 'services',
    bound: `one for each station, with ${MAX_VALUES} values`,
    keeping: WITH_STATION,
  },
  {
    ...OF_A_STATION,
    name: 'configuration_attempts',
    holds: 'What came of the last set of each value that a station shall have',
    madeBy: 'services',
    bound: 'one for each value of the profiles that it met and of its own, until it is checked without the value',
    keeping: WITH_STATION,
  },
];
