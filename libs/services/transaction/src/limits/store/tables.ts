import { OF_A_TENANT, type TableDeclaration } from '@voltbus/database';

export const tables: readonly TableDeclaration[] = [
  {
    ...OF_A_TENANT,
    name: 'limits',
    holds: 'How far single sessions may go',
    madeBy: 'operators',
    bound: 'one for each transaction',
    keeping: { kind: 'with', what: 'its transaction' },
  },
];
