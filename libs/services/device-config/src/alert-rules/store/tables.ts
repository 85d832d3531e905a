import { OF_A_TENANT, WITH_TENANT, type TableDeclaration } from '@voltbus/database';
import { MAX_RULES } from '../limits';

export const tables: readonly TableDeclaration[] = [
  {
    ...OF_A_TENANT,
    name: 'alert_rules',
    holds: 'Rules by which alerts are raised',
    madeBy: 'operators',
    bound: `${MAX_RULES} of a tenant: beyond, 409`,
    keeping: WITH_TENANT,
  },
];
