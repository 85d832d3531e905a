import { Body, Controller, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { ApiConsumes, ApiOperation } from '@nestjs/swagger';
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
import { MonitorSettings } from '../monitor-settings';
import { Monitors } from '../monitors';
import { TypeormMonitoring } from '../store/typeorm-monitoring';
import {
  clearMonitorsSchema,
  monitorResultsSchema,
  monitoringResultSchema,
  resultsView,
  setMonitoringSchema,
  setMonitorsSchema,
} from './monitor-setting';
import { monitorList, monitorView, monitoringSchema, monitoringView, refreshSchema, type monitorSchema } from './monitor';

type Shown = z.output<typeof monitoringSchema>;

/** Which monitors stations have, and which events they report. */
@Controller('v1/stations/:station')
export class MonitorsController {
  constructor(
    private readonly monitors: Monitors,
    private readonly store: TypeormMonitoring,
    private readonly settings: MonitorSettings,
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

  @Post('monitors')
  @Audited({})
  @Needs('configuration:write', OF_STATION)
  @HttpCode(200)
  @ApiOperation({ operationId: 'setStationMonitors', summary: 'Set monitors of a station' })
  @ApiZodBody(setMonitorsSchema)
  @ApiZodResponse(200, monitorResultsSchema, 'What came of each; the station may have refused all of them')
  async set(
    @Tenant() tenant: string,
    @StationParam() station: string,
    @Body(zodBody(setMonitorsSchema)) { monitors, wait }: z.output<typeof setMonitorsSchema>,
  ): Promise<z.output<typeof monitorResultsSchema>> {
    return resultsView(await this.settings.set({ tenant, station }, monitors, { waitMs: wait * 1_000 }));
  }

  @Post('monitors/clear')
  @Audited({})
  @Needs('configuration:write', OF_STATION)
  @HttpCode(200)
  @ApiOperation({ operationId: 'clearStationMonitors', summary: 'Clear monitors of a station' })
  @ApiZodBody(clearMonitorsSchema)
  @ApiZodResponse(200, monitorResultsSchema, 'What came of each')
  async clear(
    @Tenant() tenant: string,
    @StationParam() station: string,
    @Body(zodBody(clearMonitorsSchema)) { ids, wait }: z.output<typeof clearMonitorsSchema>,
  ): Promise<z.output<typeof monitorResultsSchema>> {
    return resultsView(await this.settings.clear({ tenant, station }, ids, { waitMs: wait * 1_000 }));
  }

  @Patch('monitoring')
  @Audited({})
  @Needs('configuration:write', OF_STATION)
  @ApiOperation({ operationId: 'setStationMonitoring', summary: 'Set which events a station reports' })
  @ApiConsumes('application/merge-patch+json', 'application/json')
  @ApiZodBody(setMonitoringSchema)
  @ApiZodResponse(200, monitoringResultSchema, 'What came of it; the station may have refused')
  async change(
    @Tenant() tenant: string,
    @StationParam() station: string,
    @Body(zodBody(setMonitoringSchema)) { base, level, wait }: z.output<typeof setMonitoringSchema>,
  ): Promise<z.output<typeof monitoringResultSchema>> {
    const [ref, waiting] = [{ tenant, station }, { waitMs: wait * 1_000 }];
    const ofBase = base === undefined ? null : await this.settings.setBase(ref, base, waiting);
    const ofLevel = level === undefined ? null : await this.settings.setLevel(ref, level, waiting);
    return { base: ofBase, level: ofLevel, monitoring: monitoringView(station, await this.monitors.show(ref)) };
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
