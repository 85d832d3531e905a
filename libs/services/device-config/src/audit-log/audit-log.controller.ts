import { Readable } from 'node:stream';
import { Controller, Get, Query, StreamableFile } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { CsmsError } from '@voltbus/contracts';
import {
  ApiZodLines,
  ApiZodList,
  ApiZodQuery,
  Needs,
  Tenant,
  TenantMayBeMissing,
  instant,
  pageQueryOf,
  readPage,
  text,
  zodQuery,
  type Page,
  type Slice,
} from '@voltbus/http';
import { z } from 'zod';
import { Tenants } from '../tenants';
import { TypeormAuditLog, type AuditEntry, type AuditFilter } from './typeorm-audit-log';

/** Entries that an export reads at once. */
const EXPORT_PAGE = 500;

const entrySchema = z
  .object({
    id: z.string().describe('Id of the entry; later ones are larger'),
    at: z.iso.datetime(),
    actor: z.string().describe('Id of the API key, or `administrator`'),
    actorName: z.string().nullable().describe('As the key was called then'),
    address: z.string().describe('IP address of the caller'),
    requestId: z.string(),
    method: z.string().describe('HTTP method'),
    path: z.string().describe('Path of the request'),
    reason: z.string().nullable().describe('From the header `Voltbus-Reason`, or `reason` in the body'),
    before: z.unknown().describe('The resource as the API showed it; null: there was none, or this makes it'),
    after: z.unknown().describe('The resource as it was shown then, or the answer; null: there is none any more'),
    status: z.int().nullable().describe('Of the answer; null: the process ended before it was known'),
  })
  .meta({ id: 'AuditEntry', description: 'A change that was asked for through the API' });

const filterSchema = z.object({
  actor: text.max(64).optional().describe('Id of an API key, or `administrator`'),
  method: z.enum(['POST', 'PUT', 'PATCH', 'DELETE']).optional().describe('HTTP method'),
  path: text.max(1_024).optional().describe('From its beginning, such as `/v1/tariffs/`'),
  from: instant.optional().describe('Changed then or later'),
  to: instant.optional().describe('Changed before'),
});
const listSchema = pageQueryOf(z.string().regex(/^\d{1,18}$/)).extend(filterSchema.shape);

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
  @ApiZodList(listSchema, entrySchema)
  async list(
    @Tenant() tenant: string,
    @Query(zodQuery(listSchema)) { limit, cursor, ...filter }: z.output<typeof listSchema>,
  ): Promise<Page<z.output<typeof entrySchema>>> {
    await this.checkExisted(tenant);
    const read = async ({ limit: most, after: before }: Slice<string>) =>
      (await this.auditLog.page(tenant, filterOf(filter), { limit: most, before })).map(entryView);
    return readPage({ limit, cursor }, read, ({ id }) => id);
  }

  @Get('export')
  @ApiOperation({ operationId: 'exportAuditLog', summary: 'The whole audit log, newest first: a JSON object a line' })
  @ApiZodQuery(filterSchema)
  @ApiZodLines(entrySchema, 'An entry a line')
  async export(@Tenant() tenant: string, @Query(zodQuery(filterSchema)) filter: z.output<typeof filterSchema>): Promise<StreamableFile> {
    await this.checkExisted(tenant);
    return new StreamableFile(Readable.from(this.lines(tenant, filterOf(filter))), { type: 'application/x-ndjson' });
  }

  /**
   * The audit log of a deleted tenant, which shows who deleted it, is the administrator's to read: the tenant's keys
   * were deleted with it.
   */
  private async checkExisted(tenant: string): Promise<void> {
    if (!(await this.tenants.everExisted(tenant))) throw new CsmsError('unknown-tenant', `there is no tenant ${tenant}, and was none`);
  }

  private async *lines(tenant: string, filter: AuditFilter): AsyncGenerator<string> {
    let before: string | null = null;
    for (;;) {
      const entries: AuditEntry[] = await this.auditLog.page(tenant, filter, { limit: EXPORT_PAGE, before });
      for (const entry of entries) yield `${JSON.stringify(entryView(entry))}\n`;
      before = entries.at(-1)?.id ?? null;
      if (entries.length < EXPORT_PAGE || before === null) return;
    }
  }
}

function filterOf({ actor, ...rest }: z.output<typeof filterSchema>): AuditFilter {
  return { key: actor, ...rest };
}

function entryView({ id, at, key, keyName, address, requestId, method, path, reason, before, after, status }: AuditEntry) {
  const actor = { actor: key ?? 'administrator', actorName: keyName };
  return { id, at: at.toISOString(), ...actor, address, requestId, method, path, reason, before, after, status };
}
