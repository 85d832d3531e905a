import { OF_A_TENANT, type TableDeclaration } from '@voltbus/database';

export const tables: readonly TableDeclaration[] = [
  {
    ...OF_A_TENANT,
    name: 'audit_log',
    holds: 'Who changed what through the API',
    madeBy: 'operators',
    bound: "the API's rate of requests",
    keeping: { kind: 'aged', column: 'at', days: 'AUDIT_LOG' },
  },
];
