import { Controller, Get, Param, Query } from '@nestjs/common';
import { CsmsError, cdrSchema, type Cdr } from '@voltbus/contracts';
import { ApiList, ApiZodResponse, Tenant, isUuid, zodQuery, type ListPage } from '@voltbus/http';
import type { z } from 'zod';
import { TypeormCdrs } from '../store/typeorm-cdrs';
import { cdrList } from './cdr-list';

@Controller('v1/cdrs')
export class CdrsController {
  constructor(private readonly cdrs: TypeormCdrs) {}

  @Get()
  @ApiList(cdrList)
  list(@Tenant() tenant: string, @Query(zodQuery(cdrList.query)) query: z.output<typeof cdrList.query>): Promise<ListPage<Cdr>> {
    return cdrList.page(query, this.cdrs.list(tenant));
  }

  @Get(':id')
  @ApiZodResponse(200, cdrSchema)
  async one(@Tenant() tenant: string, @Param('id') id: string): Promise<Cdr> {
    const cdr = isUuid(id) ? await this.cdrs.find(tenant, id) : null;
    if (cdr === null) throw new CsmsError('not-found', 'no such CDR');
    return cdr;
  }
}
