import { OF_A_STATION, WITH_STATION, type TableDeclaration } from '@voltbus/database';

export const tables: readonly TableDeclaration[] = [
  {
    ...OF_A_STATION,
    name: 'security_profile_upgrades',
    holds: 'The latest raise of the security profile of a station',
    madeBy: 'operators',
    bound: 'one for each station',
    keeping: WITH_STATION,
  },
];
