import { OF_A_TENANT, type TableDeclaration } from '@voltbus/database';

export const tables: readonly TableDeclaration[] = [
  {
    name: 'dead_letters',
    holds: 'Records that could not be handled',
    madeBy: 'services',
    bound: 'what the rules of the bus let through',
    ...OF_A_TENANT,
    keeping: { kind: 'aged', column: 'died_at', days: 'DEAD_LETTERS' },
    tokens: [{ how: 'removed', columns: ['value', 'error'] }],
    sealed: [
      {
        column: 'sealed',
        form: 'bytes',
        purpose: 'dead-letter',
        key: ['tenant', 'id'],
        owner: { select: 'tenant, id', of: ({ tenant, id }) => `${String(tenant)}/${String(id)}` },
      },
    ],
  },
];
