import { Controller, Get, Param, Query } from '@nestjs/common';
import { CsmsError, cdrSchema, type Cdr } from '@voltbus/contracts';
import { ApiResumableList, ApiZodResponse, Tenant, isUuid, zodQuery, type ListPage, type ResumablePage } from '@voltbus/http';
import type { z } from 'zod';
import { TypeormCdrs } from '../store/typeorm-cdrs';
import { TypeormIssuedCdrs } from '../store/typeorm-issued-cdrs';
import { cdrList } from './cdr-list';
import { isByIssue, pageByIssue } from './issue-order';

@Controller('v1/cdrs')
export class CdrsController {
  constructor(
    private readonly cdrs: TypeormCdrs,
    private readonly issued: TypeormIssuedCdrs,
  ) {}

  @Get()
  @ApiResumableList(cdrList)
  async list(
    @Tenant() tenant: string,
    @Query(zodQuery(cdrList.query)) query: z.output<typeof cdrList.query>,
  ): Promise<ListPage<Cdr> | ResumablePage<Cdr>> {
    return isByIssue(query) ? pageByIssue(query, this.issued.list(tenant)) : cdrList.page(query, this.cdrs.list(tenant));
  }

  @Get(':id')
  @ApiZodResponse(200, cdrSchema)
  async one(@Tenant() tenant: string, @Param('id') id: string): Promise<Cdr> {
    const cdr = isUuid(id) ? await this.cdrs.find(tenant, id) : null;
    if (cdr === null) throw new CsmsError('not-found', 'no such CDR');
    return cdr;
  }
}
