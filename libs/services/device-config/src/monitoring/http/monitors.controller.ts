import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { shownAs } from '@voltbus/database';
import {
  ApiList,
  ApiZodBody,
  ApiZodResponse,
  Audited,
  Needs,
  Tenant,
  zodBody,
  zodQuery,
  type ListPage,
  OF_STATION,
  StationParam,
} from '@voltbus/http';
import type { z } from 'zod';
import { Monitors } from '../monitors';
import { TypeormMonitoring } from '../store/typeorm-monitoring';
import { monitorList, monitorView, monitoringSchema, monitoringView, refreshSchema, type monitorSchema } from './monitor';

type Shown = z.output<typeof monitoringSchema>;

/** Which monitors stations have, and which events they report. */
@Controller('v1/stations/:station')
export class MonitorsController {
  constructor(
    private readonly monitors: Monitors,
    private readonly store: TypeormMonitoring,
  ) {}

  @Get('monitors')
  @Needs('configuration:read', OF_STATION)
  @ApiList(monitorList)
  list(
    @Tenant() tenant: string,
    @StationParam() station: string,
    @Query(zodQuery(monitorList.query)) query: z.output<typeof monitorList.query>,
  ): Promise<ListPage<z.output<typeof monitorSchema>>> {
    return monitorList.page(
      query,
      shownAs(this.store.list({ tenant, station }), (rows) => rows.map(monitorView)),
    );
  }

  @Get('monitoring')
  @Needs('configuration:read', OF_STATION)
  @ApiOperation({ operationId: 'getStationMonitoring', summary: 'Which events a station reports' })
  @ApiZodResponse(200, monitoringSchema)
  async one(@Tenant() tenant: string, @StationParam() station: string): Promise<Shown> {
    return monitoringView(station, await this.monitors.show({ tenant, station }));
  }

  @Post('monitors/refresh')
  @Audited({})
  @Needs('configuration:write', OF_STATION)
  @HttpCode(202)
  @ApiOperation({ operationId: 'refreshStationMonitors', summary: 'Request a report of all monitors of a station' })
  @ApiZodBody(refreshSchema)
  @ApiZodResponse(202, monitoringSchema, 'Requested; `GET /v1/stations/{station}/monitoring` tells how it stands')
  async refresh(
    @Tenant() tenant: string,
    @StationParam() station: string,
    @Body(zodBody(refreshSchema)) { wait }: z.output<typeof refreshSchema>,
  ): Promise<Shown> {
    return monitoringView(station, await this.monitors.refresh({ tenant, station }, wait));
  }
}
