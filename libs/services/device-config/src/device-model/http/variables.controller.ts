import { Body, Controller, Get, HttpCode, Patch, Post, Query } from '@nestjs/common';
import { ApiConsumes, ApiOperation } from '@nestjs/swagger';
import { type StationRef } from '@voltbus/contracts';
import { shownAs } from '@voltbus/database';
import {
  ApiList,
  ApiZodBody,
  ApiZodResponse,
  Audited,
  Actor,
  Needs,
  OF_STATION,
  Tenant,
  zodBody,
  zodQuery,
  type ListPage,
  StationParam,
} from '@voltbus/http';
import type { z } from 'zod';
import { ReportRequests } from '../report-requests';
import { TypeormDeviceModelLists } from '../store/typeorm-device-model-lists';
import { VariableSettings, type RequestedValue } from '../variable-settings';
import { outcomesView, setResultsSchema, setVariablesSchema, variableView, type variableSchema } from './variable';
import { changeView, type changeSchema } from './variable-change';
import { changeList, reportList, variableList } from './variable-list';
import { customReportSchema, customReportsSchema, refreshSchema, reportSchema, reportView } from './variable-report';

/** What stations are set to: variables of 2.x and configuration keys of 1.6. */
@Controller('v1/stations/:station')
export class VariablesController {
  constructor(
    private readonly lists: TypeormDeviceModelLists,
    private readonly settings: VariableSettings,
    private readonly requests: ReportRequests,
  ) {}

  @Get('variables')
  @Needs('configuration:read', OF_STATION)
  @ApiList(variableList)
  list(
    @Tenant() tenant: string,
    @StationParam() station: string,
    @Query(zodQuery(variableList.query)) query: z.output<typeof variableList.query>,
  ): Promise<ListPage<z.output<typeof variableSchema>>> {
    const variables = this.lists.variables({ tenant, station });
    return variableList.page(
      query,
      shownAs(variables, (rows) => rows.map(variableView)),
    );
  }

  @Patch('variables')
  @Needs('configuration:write', OF_STATION)
  @Audited({})
  @ApiOperation({ operationId: 'setStationVariables', summary: 'Set several variables of a station' })
  @ApiConsumes('application/merge-patch+json', 'application/json')
  @ApiZodBody(setVariablesSchema)
  @ApiZodResponse(200, setResultsSchema, 'What came of each value; the station may have refused all of them')
  async set(
    @Tenant() tenant: string,
    @StationParam() station: string,
    @Actor() actor: string,
    @Body(zodBody(setVariablesSchema)) { variables, wait }: z.output<typeof setVariablesSchema>,
  ): Promise<z.output<typeof setResultsSchema>> {
    const by = { actor, waitMs: wait * 1_000 };
    return outcomesView(await this.settings.set({ tenant, station }, variables as RequestedValue[], by)); // members left out are undefined
  }

  @Post('variables/refresh')
  @Needs('configuration:write', OF_STATION)
  @Audited({})
  @HttpCode(202)
  @ApiOperation({ operationId: 'refreshStationVariables', summary: 'Request a report of the variables of a station' })
  @ApiZodBody(refreshSchema)
  @ApiZodResponse(202, reportSchema, 'Requested; `GET /v1/stations/{station}/variable-reports` tells how it stands')
  async refresh(
    @Tenant() tenant: string,
    @StationParam() station: string,
    @Actor() actor: string,
    @Body(zodBody(refreshSchema)) { report }: z.output<typeof refreshSchema>,
  ): Promise<z.output<typeof reportSchema>> {
    const ref: StationRef = { tenant, station };
    const id = await this.requests.request(ref, { base: report, actor });
    return reportView(await this.requests.find(ref, id), new Date());
  }

  @Post('variable-reports')
  @Needs('configuration:write', OF_STATION)
  @Audited({})
  @HttpCode(202)
  @ApiOperation({ operationId: 'requestStationReport', summary: 'Request a report of some components or variables of a station' })
  @ApiZodBody(customReportSchema)
  @ApiZodResponse(202, customReportsSchema, 'Requested; `GET /v1/stations/{station}/variable-reports` tells how they stand')
  async custom(
    @Tenant() tenant: string,
    @StationParam() station: string,
    @Actor() actor: string,
    @Body(zodBody(customReportSchema)) { criteria, variables }: z.output<typeof customReportSchema>,
  ): Promise<z.output<typeof customReportsSchema>> {
    const ref: StationRef = { tenant, station };
    const ids = await this.requests.requestCustom(ref, { criteria, named: variables, actor });
    const reports = await Promise.all(ids.map((id) => this.requests.find(ref, id)));
    return { reports: reports.map((one) => reportView(one, new Date())) };
  }

  @Get('variable-reports')
  @Needs('configuration:read', OF_STATION)
  @ApiList(reportList)
  reports(
    @Tenant() tenant: string,
    @StationParam() station: string,
    @Query(zodQuery(reportList.query)) query: z.output<typeof reportList.query>,
  ): Promise<ListPage<z.output<typeof reportSchema>>> {
    const reports = this.lists.reports({ tenant, station });
    return reportList.page(
      query,
      shownAs(reports, (rows) => rows.map((row) => reportView(row, new Date()))),
    );
  }

  @Get('variable-changes')
  @Needs('configuration:read', OF_STATION)
  @ApiList(changeList)
  changes(
    @Tenant() tenant: string,
    @StationParam() station: string,
    @Query(zodQuery(changeList.query)) query: z.output<typeof changeList.query>,
  ): Promise<ListPage<z.output<typeof changeSchema>>> {
    const changes = this.lists.changes({ tenant, station });
    return changeList.page(
      query,
      shownAs(changes, (rows) => rows.map(changeView)),
    );
  }
}
