import { OF_A_TENANT, type TableDeclaration } from '@voltbus/database';

const OF_OPERATORS = { ...OF_A_TENANT, madeBy: 'operators', bound: "the administrator's will" } as const;

export const tables: readonly TableDeclaration[] = [
  { ...OF_OPERATORS, name: 'tenants', holds: 'Tenants and their policies', keeping: { kind: 'own', how: 'when they are deleted' } },
  {
    ...OF_OPERATORS,
    name: 'deleted_tenants',
    holds: 'Names of tenants that were deleted',
    keeping: { kind: 'ever', why: 'a name is never given again' },
  },
];
