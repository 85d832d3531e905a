import { OF_A_TENANT, WITH_TENANT, type TableDeclaration } from '@voltbus/database';

export const tables: readonly TableDeclaration[] = [
  {
    name: 'review_policies',
    holds: 'What tenants want to be held for review',
    madeBy: 'operators',
    bound: 'one for each tenant',
    ...OF_A_TENANT,
    keeping: WITH_TENANT,
  },
];
