import { Readable } from 'node:stream';
import { Controller, Get, Query, StreamableFile } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { CsmsError } from '@voltbus/contracts';
import { shownAs, type ListRows, type Position } from '@voltbus/database';
import { ApiList, ApiZodLines, ApiZodQuery, Needs, Tenant, TenantMayBeMissing, zodQuery, type ListPage } from '@voltbus/http';
import { z } from 'zod';
import { Tenants } from '../tenants';
import { auditFilters, auditLogList, entrySchema } from './audit-log-list';
import { TypeormAuditLog, type AuditEntry, type AuditFilters } from './typeorm-audit-log';

/** Entries that an export reads at once. */
const EXPORT_PAGE = 500;

const filterSchema = z.object(auditFilters);

/** Changes of the tenant, by its own keys and by the administrator. */
@Needs('admin')
@TenantMayBeMissing()
@Controller('v1/audit-log')
export class AuditLogController {
  constructor(
    private readonly auditLog: TypeormAuditLog,
    private readonly tenants: Tenants,
  ) {}

  @Get()
  @ApiOperation({ operationId: 'listAuditEntries' })
  @ApiList(auditLogList)
  async list(
    @Tenant() tenant: string,
    @Query(zodQuery(auditLogList.query)) query: z.output<typeof auditLogList.query>,
  ): Promise<ListPage<z.output<typeof entrySchema>>> {
    await this.checkExisted(tenant);
    return auditLogList.page(
      query,
      shownAs(this.auditLog.list(tenant), (entries) => entries.map(entryView)),
    );
  }

  @Get('export')
  @ApiOperation({ operationId: 'exportAuditLog', summary: 'The whole audit log, newest first: a JSON object a line' })
  @ApiZodQuery(filterSchema)
  @ApiZodLines(entrySchema, 'An entry a line')
  async export(@Tenant() tenant: string, @Query(zodQuery(filterSchema)) filter: z.output<typeof filterSchema>): Promise<StreamableFile> {
    await this.checkExisted(tenant);
    return new StreamableFile(Readable.from(this.lines(tenant, filter)), { type: 'application/x-ndjson' });
  }

  /**
   * The audit log of a deleted tenant, which shows who deleted it, is the administrator's to read: the tenant's keys
   * were deleted with it.
   */
  private async checkExisted(tenant: string): Promise<void> {
    if (!(await this.tenants.everExisted(tenant))) throw new CsmsError('unknown-tenant', `there is no tenant ${tenant}, and was none`);
  }

  private async *lines(tenant: string, filters: AuditFilters): AsyncGenerator<string> {
    const newestFirst = { by: 'at', descending: true } as const;
    let after: Position | null = null;
    do {
      const { items, next }: ListRows<AuditEntry> = await this.auditLog
        .list(tenant)
        .read({ filters, sort: newestFirst, limit: EXPORT_PAGE, after });
      for (const entry of items) yield `${JSON.stringify(entryView(entry))}\n`;
      after = next;
    } while (after !== null);
  }
}

function entryView({ id, at, key, keyName, address, requestId, method, path, reason, before, after, status }: AuditEntry) {
  const actor = { actor: key ?? 'administrator', actorName: keyName };
  return { id, at: at.toISOString(), ...actor, address, requestId, method, path, reason, before, after, status };
}
