import { OF_A_TENANT, type TableDeclaration } from '@voltbus/database';

export const tables: readonly TableDeclaration[] = [
  {
    ...OF_A_TENANT,
    name: 'audit_log',
    holds: 'Who changed what through the API',
    madeBy: 'operators',
    bound: "the API's rate of requests",
    keeping: { kind: 'aged', column: 'sealed_at', days: 'AUDIT_LOG' },
    tokens: [
      {
        how: 'kept',
        columns: ['path', 'reason', 'before', 'after'],
        why: 'it is evidence of who did what, and its chain would break; by its retention',
      },
    ],
  },
  {
    ...OF_A_TENANT,
    name: 'audit_chains',
    holds: 'Where the hash chain of the audit log of each tenant stands',
    madeBy: 'operators',
    bound: 'one for each tenant',
    keeping: { kind: 'ever', why: 'a chain goes on when retention has removed its entries' },
  },
];
