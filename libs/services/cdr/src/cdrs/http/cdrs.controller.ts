import { Controller, Get, Param, Query } from '@nestjs/common';
import { CsmsError, cdrSchema, type Cdr } from '@voltbus/contracts';
import {
  ApiResumableList,
  ApiZodResponse,
  isUuid,
  Needs,
  OF_STATIONS,
  Tenant,
  zodQuery,
  type ListPage,
  type ResumablePage,
} from '@voltbus/http';
import type { z } from 'zod';
import { OF_CDR } from './of-cdr';
import { TypeormCdrs } from '../store/typeorm-cdrs';
import { TypeormIssuedCdrs } from '../store/typeorm-issued-cdrs';
import { cdrList } from './cdr-list';
import { isByIssue, pageByIssue } from './issue-order';

@Controller('v1/cdrs')
export class CdrsController {
  constructor(
    readonly cdrs: TypeormCdrs,
    private readonly issued: TypeormIssuedCdrs,
  ) {}

  @Get()
  @Needs('cdrs:read', OF_STATIONS)
  @ApiResumableList(cdrList)
  async list(
    @Tenant() tenant: string,
    @Query(zodQuery(cdrList.query)) query: z.output<typeof cdrList.query>,
  ): Promise<ListPage<Cdr> | ResumablePage<Cdr>> {
    return isByIssue(query) ? pageByIssue(query, this.issued.list(tenant)) : cdrList.page(query, this.cdrs.list(tenant));
  }

  @Get(':id')
  @Needs('cdrs:read', OF_CDR)
  @ApiZodResponse(200, cdrSchema)
  async one(@Tenant() tenant: string, @Param('id') id: string): Promise<Cdr> {
    const cdr = isUuid(id) ? await this.cdrs.find(tenant, id) : null;
    if (cdr === null) throw new CsmsError('not-found', 'no such CDR');
    return cdr;
  }
}
