import { OF_A_TENANT, WITH_TENANT, type TableDeclaration } from '@voltbus/database';

export const tables: readonly TableDeclaration[] = [
  {
    ...OF_A_TENANT,
    name: 'api_keys',
    holds: 'API keys, hashed',
    madeBy: 'operators',
    bound: "the API's rate of requests",
    keeping: { ...WITH_TENANT, how: 'when they are revoked' },
  },
];
