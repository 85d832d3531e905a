import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { shownAs } from '@voltbus/database';
import {
  Actor,
  ApiList,
  ApiZodBody,
  ApiZodResponse,
  Audited,
  Needs,
  OF_STATION,
  OF_STATIONS,
  StationParam,
  Tenant,
  ofItem,
  zodBody,
  zodQuery,
  type ListPage,
} from '@voltbus/http';
import type { z } from 'zod';
import { Resets } from '../resets';
import { resetList, resetSchema, resetView, startResetSchema } from './reset';

type ResetView = z.output<typeof resetSchema>;

/** About the reset whose id the path names. */
const OF_RESET = ofItem<{ resets: Pick<Resets, 'find'> }>('reset', ({ resets }, tenant, id) => resets.find(tenant, id));

/** Resets of stations and EVSEs. */
@Controller('v1')
export class ResetsController {
  constructor(private readonly resets: Resets) {}

  /** It is sent at once where the station is connected and may be reset; else it waits for it. */
  @Post('stations/:station/resets')
  @Audited({})
  @Needs('commands:send', OF_STATION)
  @HttpCode(202)
  @ApiOperation({ operationId: 'resetStation', summary: 'Reset a station or EVSE' })
  @ApiZodBody(startResetSchema)
  @ApiZodResponse(202, resetSchema, 'It is followed by `GET /v1/resets/{id}`')
  async start(
    @Tenant() tenant: string,
    @StationParam() station: string,
    @Actor() actor: string,
    @Body(zodBody(startResetSchema)) wanted: z.output<typeof startResetSchema>,
  ): Promise<ResetView> {
    return resetView(await this.resets.request({ tenant, station }, wanted, actor));
  }

  @Get('resets')
  @Needs('commands:read', OF_STATIONS)
  @ApiOperation({ summary: 'List resets of stations, newest first' })
  @ApiList(resetList)
  list(@Tenant() tenant: string, @Query(zodQuery(resetList.query)) query: z.output<typeof resetList.query>): Promise<ListPage<ResetView>> {
    return resetList.page(
      query,
      shownAs(this.resets.list(tenant), (requests) => requests.map(resetView)),
    );
  }

  @Get('resets/:id')
  @Needs('commands:read', OF_RESET)
  @ApiZodResponse(200, resetSchema)
  async one(@Tenant() tenant: string, @Param('id') id: string): Promise<ResetView> {
    return resetView(await this.resets.find(tenant, id));
  }

  /** Only before it was sent: OCPP has no message that takes a reset back. */
  @Post('resets/:id/cancel')
  @Audited({})
  @Needs('commands:send', OF_RESET)
  @HttpCode(200)
  @ApiOperation({ operationId: 'cancelReset', summary: 'Cancel a reset that waits for its station' })
  @ApiZodResponse(200, resetSchema)
  async cancel(@Tenant() tenant: string, @Param('id') id: string): Promise<ResetView> {
    return resetView(await this.resets.cancel(tenant, id));
  }
}
