import { AUDIT_LOG } from '@voltbus/http';
import { defineBlock } from '@voltbus/service';
import { AuditLogController } from './audit-log.controller';
import { AuditSealer } from './audit-sealer';
import { auditLogMigration } from './store/migrations/0090-audit-log';
import { auditChainMigration } from './store/migrations/0320-audit-chain';
import { tables } from './store/tables';
import { TypeormAuditChain } from './store/typeorm-audit-chain';
import { TypeormAuditLog } from './typeorm-audit-log';

/** Time between two looks for entries that have no place in the chain: so long may an entry be changed without a trace. */
const SEAL_INTERVAL_MS = 5_000;

/** Who changed what through the API, of all services. */
export const auditLog = defineBlock({
  name: 'audit-log',
  migrations: [auditLogMigration, auditChainMigration],
  tables,
  build: ({ database }) => ({ log: new TypeormAuditLog(database), sealer: new AuditSealer(new TypeormAuditChain(database)) }),
  jobs: ({ sealer }) => [{ name: 'chain of the audit log', everyMs: SEAL_INTERVAL_MS, run: () => sealer.run() }],
  controllers: [AuditLogController],
  provides: (provide) => [provide(AUDIT_LOG, ({ log }) => log), provide(TypeormAuditLog, ({ log }) => log)],
});
