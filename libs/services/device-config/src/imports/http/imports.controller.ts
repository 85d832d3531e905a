import { Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { CsmsError } from '@voltbus/contracts';
import { shownAs } from '@voltbus/database';
import {
  ApiLinesBody,
  ApiList,
  ApiZodQuery,
  ApiZodResponse,
  authorOf,
  isUuid,
  Needs,
  OF_TENANT,
  TakesLines,
  Tenant,
  zodQuery,
  type AuditedRequest,
  type ListPage,
} from '@voltbus/http';
import type { z } from 'zod';
import { Imports } from '../imports';
import { TypeormImports } from '../store/typeorm-imports';
import { importSchema, importView, type itemResultSchema, itemResultView, startSchema } from './import';
import { importList, importResultList } from './import-list';

type ImportView = z.output<typeof importSchema>;

/** Bulk imports of tokens, stations and tariffs. */
@Controller('v1/imports')
export class ImportsController {
  constructor(
    private readonly imports: Imports,
    private readonly store: TypeormImports,
  ) {}

  /** Each item is imported as the PUT of its resource would be, with its checks and its record in the audit log. */
  @Post()
  @Needs('imports:write', OF_TENANT)
  @HttpCode(202)
  @TakesLines()
  @ApiOperation({ operationId: 'createImport', summary: 'Import tokens, stations or tariffs in bulk' })
  @ApiLinesBody('CSV with a header of member names, or a JSON object a line: to 10 MiB and 50,000 items, UTF-8')
  @ApiZodQuery(startSchema)
  @ApiZodResponse(202, importSchema, 'The import is queued')
  async start(
    @Tenant() tenant: string,
    @Query(zodQuery(startSchema)) { kind, dryRun = false, onlyNew = false }: z.output<typeof startSchema>,
    @Req() request: AuditedRequest,
  ): Promise<ImportView> {
    const { body, headers } = request;
    if (body === undefined || body === null)
      throw new CsmsError('bad-request', 'there is no body, so no items: text/csv or application/jsonl');
    if (!Buffer.isBuffer(body)) throw new CsmsError('unsupported-media-type', 'Content-Type: an import is text/csv or application/jsonl');
    const format = headers['content-type']?.toLowerCase().startsWith('text/csv') === true ? 'csv' : 'jsonl';
    return importView(await this.imports.start(tenant, { kind, dryRun, onlyNew }, { format, bytes: body }, authorOf(request)));
  }

  @Get()
  @Needs('imports:read', OF_TENANT)
  @ApiOperation({ operationId: 'listImports', summary: 'List imports, newest first' })
  @ApiList(importList)
  list(
    @Tenant() tenant: string,
    @Query(zodQuery(importList.query)) query: z.output<typeof importList.query>,
  ): Promise<ListPage<ImportView>> {
    return importList.page(
      query,
      shownAs(this.store.list(tenant), (jobs) => jobs.map(importView)),
    );
  }

  @Get(':id')
  @Needs('imports:read', OF_TENANT)
  @ApiZodResponse(200, importSchema)
  async one(@Tenant() tenant: string, @Param('id') id: string): Promise<ImportView> {
    return importView(await this.imports.find(tenant, known(id)));
  }

  @Get(':id/results')
  @Needs('imports:read', OF_TENANT)
  @ApiOperation({ operationId: 'listImportResults', summary: 'List the results of an import in the order of its items' })
  @ApiList(importResultList)
  async results(
    @Tenant() tenant: string,
    @Param('id') id: string,
    @Query(zodQuery(importResultList.query)) query: z.output<typeof importResultList.query>,
  ): Promise<ListPage<z.output<typeof itemResultSchema>>> {
    await this.imports.find(tenant, known(id));
    return importResultList.page(
      query,
      shownAs(this.store.results(id), (results) => results.map(itemResultView)),
    );
  }

  /** It ends at its next item. What was imported stays. */
  @Post(':id/cancel')
  @Needs('imports:write', OF_TENANT)
  @HttpCode(200)
  @ApiOperation({ operationId: 'cancelImport', summary: 'Cancel an import' })
  @ApiZodResponse(200, importSchema)
  async cancel(@Tenant() tenant: string, @Param('id') id: string): Promise<ImportView> {
    return importView(await this.imports.cancel(tenant, known(id)));
  }
}

function known(id: string): string {
  if (!isUuid(id)) throw new CsmsError('not-found', 'no such import');
  return id;
}
