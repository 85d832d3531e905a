import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, StreamableFile } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { shownAs } from '@voltbus/database';
import {
  Actor,
  ApiFile,
  ApiList,
  ApiZodBody,
  ApiZodResponse,
  Audited,
  Needs,
  OF_STATION,
  OF_STATIONS,
  Tenant,
  ofItem,
  zodBody,
  zodQuery,
  type ListPage,
  StationParam,
} from '@voltbus/http';
import type { z } from 'zod';
import type { StationRequest } from '../../station-requests';
import { LogFiles } from '../log-files';
import { Logs } from '../logs';
import { logList, logSchema, logView, startLogSchema } from './log';

type LogView = z.output<typeof logSchema>;

/** About the log whose id the path names. */
const OF_LOG = ofItem<{ logs: Pick<Logs, 'find'> }>('log', ({ logs }, tenant, id) => logs.find(tenant, id));

/** Logs of stations, and their files. */
@Controller('v1')
export class LogsController {
  constructor(
    private readonly logs: Logs,
    private readonly files: LogFiles,
  ) {}

  /** It is asked at once where it is connected; else the request waits for it. */
  @Post('stations/:station/logs')
  @Audited({})
  @Needs('logs:write', OF_STATION)
  @HttpCode(202)
  @ApiOperation({ operationId: 'requestStationLog', summary: 'Ask a station for a log' })
  @ApiZodBody(startLogSchema)
  @ApiZodResponse(202, logSchema, 'It is followed by `GET /v1/logs/{id}`')
  async start(
    @Tenant() tenant: string,
    @StationParam() station: string,
    @Actor() actor: string,
    @Body(zodBody(startLogSchema)) wanted: z.output<typeof startLogSchema>,
  ): Promise<LogView> {
    return this.shown(await this.logs.request({ tenant, station }, wanted, actor));
  }

  @Get('logs')
  @Needs('logs:read', OF_STATIONS)
  @ApiOperation({ summary: 'List logs of stations, newest first' })
  @ApiList(logList)
  list(@Tenant() tenant: string, @Query(zodQuery(logList.query)) query: z.output<typeof logList.query>): Promise<ListPage<LogView>> {
    return logList.page(
      query,
      shownAs(this.logs.list(tenant), (requests) => this.allShown(requests)),
    );
  }

  @Get('logs/:id')
  @Needs('logs:read', OF_LOG)
  @ApiZodResponse(200, logSchema)
  async one(@Tenant() tenant: string, @Param('id') id: string): Promise<LogView> {
    return this.shown(await this.logs.find(tenant, id));
  }

  /** Its address receives nothing any more. A station that is at it is not told, because OCPP has no message for that: `replace` it with another one. */
  @Post('logs/:id/cancel')
  @Audited({})
  @Needs('logs:write', OF_LOG)
  @HttpCode(200)
  @ApiOperation({ operationId: 'cancelLog', summary: 'Cancel a log that has not ended' })
  @ApiZodResponse(200, logSchema)
  async cancel(@Tenant() tenant: string, @Param('id') id: string): Promise<LogView> {
    return this.shown(await this.logs.cancel(tenant, id));
  }

  /** As it was uploaded, to be saved and never shown: nobody has looked at what is in it. */
  @Get('logs/:id/file')
  @Needs('logs:read', OF_LOG)
  @ApiOperation({ operationId: 'downloadLog', summary: 'Download the file of a log' })
  @ApiFile('The file')
  async download(@Tenant() tenant: string, @Param('id') id: string): Promise<StreamableFile> {
    const request = await this.logs.find(tenant, id);
    const { file, content } = await this.files.read(request.id);
    return new StreamableFile(content, {
      type: 'application/octet-stream',
      disposition: `attachment; filename="${file.name}"`,
      length: file.sizeBytes,
    });
  }

  @Delete('logs/:id/file')
  @Audited({})
  @Needs('logs:write', OF_LOG)
  @HttpCode(204)
  @ApiOperation({ operationId: 'removeLogFile', summary: 'Remove the file of a log' })
  async removeFile(@Tenant() tenant: string, @Param('id') id: string): Promise<void> {
    const request = await this.logs.find(tenant, id);
    await this.files.remove(request.id);
  }

  private async shown(request: StationRequest): Promise<LogView> {
    return logView(request, (await this.files.of([request.id])).get(request.id));
  }

  private async allShown(requests: readonly StationRequest[]): Promise<LogView[]> {
    const files = await this.files.of(requests.map(({ id }) => id));
    return requests.map((request) => logView(request, files.get(request.id)));
  }
}
