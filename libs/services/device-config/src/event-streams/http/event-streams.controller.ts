import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiConsumes, ApiOperation } from '@nestjs/swagger';
import { shownAs } from '@voltbus/database';
import {
  ApiList,
  ApiZodBody,
  ApiZodResponse,
  Audited,
  Needs,
  OF_STATION,
  StationParam,
  Tenant,
  wholeNumber,
  zodBody,
  zodParam,
  zodQuery,
  type ListPage,
} from '@voltbus/http';
import type { z } from 'zod';
import { EventStreams } from '../event-streams';
import { TypeormEventStreams } from '../store/typeorm-event-streams';
import {
  adjustStreamSchema,
  refreshedSchema,
  streamList,
  streamResultSchema,
  streamView,
  valueList,
  valueView,
  waitSchema,
  type streamSchema,
} from './event-stream';

const ID = zodParam('id', wholeNumber(0, 2 ** 31 - 2));
type Result = z.output<typeof streamResultSchema>;

/** Streams in which stations of 2.1 send values of monitors. */
@Controller('v1/stations/:station/event-streams')
export class EventStreamsController {
  constructor(
    private readonly streams: EventStreams,
    private readonly store: TypeormEventStreams,
  ) {}

  @Get()
  @Needs('configuration:read', OF_STATION)
  @ApiList(streamList)
  list(
    @Tenant() tenant: string,
    @StationParam() station: string,
    @Query(zodQuery(streamList.query)) query: z.output<typeof streamList.query>,
  ): Promise<ListPage<z.output<typeof streamSchema>>> {
    return streamList.page(
      query,
      shownAs(this.store.list({ tenant, station }), (rows) => rows.map(streamView)),
    );
  }

  @Get(':id/values')
  @Needs('configuration:read', OF_STATION)
  @ApiOperation({ operationId: 'listEventStreamValues', summary: 'List values of an event stream, latest first' })
  @ApiList(valueList)
  values(
    @Tenant() tenant: string,
    @StationParam() station: string,
    @Param('id', ID) id: number,
    @Query(zodQuery(valueList.query)) query: z.output<typeof valueList.query>,
  ): Promise<ListPage<z.output<(typeof valueList)['item']>>> {
    return valueList.page(
      query,
      shownAs(this.store.valuesOf({ tenant, station }, id), (rows) => rows.map(valueView)),
    );
  }

  @Post('refresh')
  @Audited({})
  @Needs('configuration:write', OF_STATION)
  @HttpCode(200)
  @ApiOperation({ operationId: 'refreshEventStreams', summary: 'Ask a station for its event streams' })
  @ApiZodBody(waitSchema)
  @ApiZodResponse(200, refreshedSchema, 'What came of it; the list shows what the station has')
  async refresh(
    @Tenant() tenant: string,
    @StationParam() station: string,
    @Body(zodBody(waitSchema)) { wait }: z.output<typeof waitSchema>,
  ): Promise<z.output<typeof refreshedSchema>> {
    return { result: await this.streams.refresh({ tenant, station }, wait) };
  }

  @Patch(':id')
  @Audited({})
  @Needs('configuration:write', OF_STATION)
  @ApiOperation({ operationId: 'adjustEventStream', summary: 'Change how often the values of an event stream are sent' })
  @ApiConsumes('application/merge-patch+json', 'application/json')
  @ApiZodBody(adjustStreamSchema)
  @ApiZodResponse(200, streamResultSchema, 'What came of it; the station may have refused')
  async adjust(
    @Tenant() tenant: string,
    @StationParam() station: string,
    @Param('id', ID) id: number,
    @Body(zodBody(adjustStreamSchema)) { wait, ...parameters }: z.output<typeof adjustStreamSchema>,
  ): Promise<Result> {
    const ref = { tenant, station };
    const result = await this.streams.adjust(ref, id, parameters, wait);
    return { result, stream: streamView(await this.streams.find(ref, id)) };
  }

  /** By clearing its monitor: the station then closes it. */
  @Post(':id/close')
  @Audited({})
  @Needs('configuration:write', OF_STATION)
  @HttpCode(200)
  @ApiOperation({ operationId: 'closeEventStream', summary: 'Close an event stream, with its monitor' })
  @ApiZodBody(waitSchema)
  @ApiZodResponse(200, streamResultSchema, 'What came of it; it is closed when the station says so')
  async close(
    @Tenant() tenant: string,
    @StationParam() station: string,
    @Param('id', ID) id: number,
    @Body(zodBody(waitSchema)) { wait }: z.output<typeof waitSchema>,
  ): Promise<Result> {
    const ref = { tenant, station };
    const result = await this.streams.close(ref, id, wait * 1_000);
    return { result, stream: streamView(await this.streams.find(ref, id)) };
  }
}
