import { Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { CsmsError } from '@voltbus/contracts';
import {
  ApiLinesBody,
  ApiZodList,
  ApiZodQuery,
  ApiZodResponse,
  Needs,
  TakesLines,
  Tenant,
  authorOf,
  isUuid,
  readPage,
  zodQuery,
  type AuditedRequest,
  type Page,
} from '@voltbus/http';
import type { z } from 'zod';
import type { ItemResult } from '../import-job';
import { Imports } from '../imports';
import { TypeormImports } from '../store/typeorm-imports';
import { importSchema, importView, itemResultSchema, itemResultView, listSchema, resultsSchema, startSchema } from './import';

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
  @HttpCode(202)
  @Needs('admin')
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
  @ApiOperation({ operationId: 'listImports', summary: 'List imports, newest first' })
  @ApiZodList(listSchema, importSchema)
  async list(
    @Tenant() tenant: string,
    @Query(zodQuery(listSchema)) { limit, cursor, ...filter }: z.output<typeof listSchema>,
  ): Promise<Page<ImportView>> {
    const page = await readPage(
      { limit, cursor },
      (slice) => this.store.page(tenant, filter, slice),
      ({ number }) => number,
    );
    return { ...page, items: page.items.map(importView) };
  }

  @Get(':id')
  @ApiZodResponse(200, importSchema)
  async one(@Tenant() tenant: string, @Param('id') id: string): Promise<ImportView> {
    return importView(await this.imports.find(tenant, known(id)));
  }

  @Get(':id/results')
  @ApiOperation({ operationId: 'listImportResults', summary: 'List the results of an import in the order of its items' })
  @ApiZodList(resultsSchema, itemResultSchema)
  async results(
    @Tenant() tenant: string,
    @Param('id') id: string,
    @Query(zodQuery(resultsSchema)) { limit, cursor, outcome }: z.output<typeof resultsSchema>,
  ): Promise<Page<z.output<typeof itemResultSchema>>> {
    await this.imports.find(tenant, known(id));
    const page: Page<ItemResult> = await readPage(
      { limit, cursor },
      (slice) => this.store.results(id, outcome ?? null, slice),
      ({ item }) => item,
    );
    return { ...page, items: page.items.map(itemResultView) };
  }

  /** It ends at its next item. What was imported stays. */
  @Post(':id/cancel')
  @HttpCode(200)
  @Needs('admin')
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
