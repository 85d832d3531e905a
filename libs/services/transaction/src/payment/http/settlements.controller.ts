import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { ApiList, Needs, OF_STATIONS, Tenant, zodQuery, type ListPage } from '@voltbus/http';
import type { z } from 'zod';
import { TypeormSettlements, type Settlement } from '../store/typeorm-settlements';
import { settlementList } from './settlement-list';

/** Payments made at stations. */
@Controller('v1/settlements')
export class SettlementsController {
  constructor(private readonly settlements: TypeormSettlements) {}

  @Get()
  @Needs('settlements:read', OF_STATIONS)
  @ApiOperation({ summary: 'Payments that stations of OCPP 2.1 have reported' })
  @ApiList(settlementList)
  list(
    @Tenant() tenant: string,
    @Query(zodQuery(settlementList.query)) query: z.output<typeof settlementList.query>,
  ): Promise<ListPage<Settlement>> {
    return settlementList.page(query, this.settlements.list(tenant));
  }
}
