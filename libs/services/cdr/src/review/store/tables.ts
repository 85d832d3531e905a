import { OF_A_TENANT, type TableDeclaration } from '@voltbus/database';

export const tables: readonly TableDeclaration[] = [
  {
    name: 'review_policies',
    holds: 'What tenants want to be held for review',
    madeBy: 'operators',
    bound: 'one for each tenant',
    ...OF_A_TENANT,
    keeping: { kind: 'ever', why: 'sessions of a deleted tenant may still have to be billed' },
  },
];
