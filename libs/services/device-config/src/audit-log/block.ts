import { AUDIT_LOG } from '@voltbus/http';
import { defineBlock } from '@voltbus/service';
import { AuditLogController } from './audit-log.controller';
import { TypeormAuditLog } from './typeorm-audit-log';
import { auditLogMigration } from './store/migrations/0090-audit-log';
import { tables } from './store/tables';

/** Who changed what through the API, of all services. */
export const auditLog = defineBlock({
  name: 'audit-log',
  migrations: [auditLogMigration],
  tables,
  build: ({ database }) => new TypeormAuditLog(database),
  controllers: [AuditLogController],
  provides: (provide) => [provide(AUDIT_LOG, (log) => log), provide(TypeormAuditLog, (log) => log)],
});
