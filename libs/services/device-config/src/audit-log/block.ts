import { AUDIT_LOG } from '@voltbus/http';
import { defineBlock } from '@voltbus/service';
import { AuditLogController } from './audit-log.controller';
import { TypeormAuditLog } from './typeorm-audit-log';
import { auditLogMigration } from './store/migrations/0090-audit-log';

/** Who changed what through the API, of all services. */
export const auditLog = defineBlock({
  name: 'audit-log',
  migrations: [auditLogMigration],
  tables: [
    {
      tenant: 'tenant',
      station: null,
      name: 'audit_log',
      holds: 'Who changed what through the API',
      madeBy: 'operators',
      bound: "the API's rate of requests",
      keeping: { kind: 'aged', column: 'at', days: 'AUDIT_LOG' },
    },
  ],
  build: ({ database }) => new TypeormAuditLog(database),
  controllers: [AuditLogController],
  provides: (provide) => [provide(AUDIT_LOG, (log) => log), provide(TypeormAuditLog, (log) => log)],
});
