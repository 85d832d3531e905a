import { Controller, Get, Query, type StreamableFile } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { CsmsError } from '@voltbus/contracts';
import { shownAs } from '@voltbus/database';
import {
  ApiList,
  ApiZodLines,
  ApiZodQuery,
  linesOf,
  Needs,
  OF_TENANT,
  Tenant,
  TenantMayBeMissing,
  zodQuery,
  type ListPage,
} from '@voltbus/http';
import { z } from 'zod';
import { Tenants } from '../tenants';
import { auditFilters, auditLogList, entrySchema } from './audit-log-list';
import { entryOf } from './store/audit-row';
import { TypeormAuditLog, type ListedRow } from './typeorm-audit-log';

const filterSchema = z.object(auditFilters);

/** Changes of the tenant, by its own keys and by the administrator. */
@TenantMayBeMissing()
@Controller('v1/audit-log')
export class AuditLogController {
  constructor(
    private readonly auditLog: TypeormAuditLog,
    private readonly tenants: Tenants,
  ) {}

  @Get()
  @Needs('audit-log:read', OF_TENANT)
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
  @Needs('audit-log:read', OF_TENANT)
  @ApiOperation({ operationId: 'exportAuditLog', summary: 'The whole audit log, newest first: a JSON object a line' })
  @ApiZodQuery(filterSchema)
  @ApiZodLines(entrySchema, 'An entry a line')
  async export(@Tenant() tenant: string, @Query(zodQuery(filterSchema)) filter: z.output<typeof filterSchema>): Promise<StreamableFile> {
    await this.checkExisted(tenant);
    return linesOf(this.auditLog.list(tenant), { filters: filter, sort: { by: 'at', descending: true } }, entryView);
  }

  /**
   * The audit log of a deleted tenant, which shows who deleted it, is the administrator's to read: the tenant's keys
   * were deleted with it.
   */
  private async checkExisted(tenant: string): Promise<void> {
    if (!(await this.tenants.everExisted(tenant))) throw new CsmsError('unknown-tenant', `there is no tenant ${tenant}, and was none`);
  }
}

function entryView({ position, previousHash, hash, ...row }: ListedRow) {
  return { ...entryOf(row), position: position === null ? null : Number(position), previousHash, hash };
}
