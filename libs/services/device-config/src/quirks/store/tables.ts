import { OF_A_TENANT, WITH_TENANT, type TableDeclaration } from '@voltbus/database';
import { MAX_PATTERNS, MAX_QUIRK_PROFILES } from '../limits';

export const tables: readonly TableDeclaration[] = [
  {
    ...OF_A_TENANT,
    name: 'quirk_profiles',
    holds: 'Quirks that are switched for stations of a kind',
    madeBy: 'operators',
    bound: `${MAX_QUIRK_PROFILES} of a tenant, each with ${MAX_PATTERNS} patterns in a condition`,
    keeping: WITH_TENANT,
  },
];
