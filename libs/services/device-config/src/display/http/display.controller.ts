import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { CsmsError, type StationRef } from '@voltbus/contracts';
import { shownAs } from '@voltbus/database';
import {
  ApiGet,
  ApiList,
  ApiPatch,
  ApiPut,
  ApiZodBody,
  ApiZodResponse,
  Audited,
  ChangeOf,
  EntityTag,
  Needs,
  Tenant,
  zodBody,
  zodQuery,
  type ListPage,
  type ResourceChange,
  type Tagged,
  OF_STATION,
  StationParam,
} from '@voltbus/http';
import type { z } from 'zod';
import { DisplayMessages } from '../display-messages';
import { DisplayReports } from '../display-reports';
import type { DisplayMessage, Message } from '../domain/display-message';
import { TypeormDisplay } from '../store/typeorm-display';
import {
  displayMessageList,
  displayMessageSchema,
  displayMessageView,
  messagePutSchema,
  messageResource,
  type ShownMessage,
} from './display-message';
import { displayReportSchema, displayReportView } from './display-report';

type MessageChange = ResourceChange<typeof messagePutSchema, Message>;

/** Messages on the displays of stations. */
@Controller('v1/stations/:station')
export class DisplayController {
  constructor(
    private readonly messages: DisplayMessages,
    private readonly reports: DisplayReports,
    private readonly store: TypeormDisplay,
  ) {}

  @Get('display-messages')
  @Needs('displays:read', OF_STATION)
  @ApiList(displayMessageList)
  list(
    @Tenant() tenant: string,
    @StationParam() station: string,
    @Query(zodQuery(displayMessageList.query)) query: z.output<typeof displayMessageList.query>,
  ): Promise<ListPage<ShownMessage>> {
    const shown = shownAs(this.store.list({ tenant, station }), (rows) => rows.map((row) => displayMessageView(station, row, new Date())));
    return displayMessageList.page(query, shown);
  }

  @Post('display-messages')
  @Audited({})
  @Needs('displays:write', OF_STATION)
  @HttpCode(201)
  @ApiOperation({ operationId: 'createDisplayMessage', summary: 'Show a message on the display of a station' })
  @ApiZodBody(messagePutSchema)
  @ApiZodResponse(201, displayMessageSchema, 'Requested; the station may not have answered yet')
  async create(
    @Tenant() tenant: string,
    @StationParam() station: string,
    @Body(zodBody(messagePutSchema)) message: z.output<typeof messagePutSchema>,
  ): Promise<ShownMessage> {
    return this.shown(station, await this.messages.set({ tenant, station }, message));
  }

  @Get('display-messages/:message')
  @Needs('displays:read', OF_STATION)
  @ApiOperation({ summary: 'A message on the display of a station, and what the station says of it' })
  @ApiGet(displayMessageSchema)
  async one(
    @Tenant() tenant: string,
    @StationParam() station: string,
    @Param('message') id: string,
    @EntityTag(messageResource) tagged: Tagged<Message>,
  ): Promise<ShownMessage> {
    const message = await this.messages.find({ tenant, station }, numberIn(id));
    const shown = this.shown(station, message);
    tagged(message.wanted ?? shown);
    return shown;
  }

  /** O06: a message that is there; new ones get a number of ours. */
  @Put('display-messages/:message')
  @Audited({})
  @Needs('displays:write', OF_STATION)
  @ApiOperation({ summary: 'Replace a message on the display of a station' })
  @ApiPut(messageResource, displayMessageSchema, { always: true })
  async put(
    @Tenant() tenant: string,
    @StationParam() station: string,
    @Param('message') id: string,
    @ChangeOf(messageResource) change: MessageChange,
  ): Promise<ShownMessage> {
    const ref: StationRef = { tenant, station };
    const replaced = await this.messages.replace(ref, numberIn(id), (before) => change.decide(before));
    if (replaced.wanted !== null) change.stored(replaced.wanted);
    return this.shown(station, replaced);
  }

  @Patch('display-messages/:message')
  @Audited({})
  @Needs('displays:write', OF_STATION)
  @ApiOperation({ summary: 'Change members of a message on the display of a station' })
  @ApiPatch(messageResource, displayMessageSchema)
  patch(
    @Tenant() tenant: string,
    @StationParam() station: string,
    @Param('message') id: string,
    @ChangeOf(messageResource) change: MessageChange,
  ): Promise<ShownMessage> {
    return this.put(tenant, station, id, change);
  }

  @Delete('display-messages/:message')
  @Audited({})
  @Needs('displays:write', OF_STATION)
  @HttpCode(202)
  @ApiOperation({ operationId: 'clearDisplayMessage', summary: 'Ask the station to remove a message from its display' })
  @ApiZodResponse(202, displayMessageSchema, 'The station is asked; it may not have answered yet')
  async clear(@Tenant() tenant: string, @StationParam() station: string, @Param('message') id: string): Promise<ShownMessage> {
    return this.shown(station, await this.messages.clear({ tenant, station }, numberIn(id)));
  }

  @Get('display-report')
  @Needs('displays:read', OF_STATION)
  @ApiOperation({ operationId: 'getDisplayReport', summary: 'How the last list of messages of a station stands' })
  @ApiZodResponse(200, displayReportSchema)
  async report(@Tenant() tenant: string, @StationParam() station: string): Promise<z.output<typeof displayReportSchema>> {
    return displayReportView(station, await this.reports.find({ tenant, station }));
  }

  @Post('display-report')
  @Audited({})
  @Needs('displays:write', OF_STATION)
  @HttpCode(202)
  @ApiOperation({ operationId: 'requestDisplayReport', summary: 'Ask a station for all messages on its display' })
  @ApiZodResponse(202, displayReportSchema, 'Asked for; `GET` tells how it stands')
  async request(@Tenant() tenant: string, @StationParam() station: string): Promise<z.output<typeof displayReportSchema>> {
    return displayReportView(station, await this.reports.request({ tenant, station }));
  }

  private shown(station: string, message: DisplayMessage): ShownMessage {
    return displayMessageView(station, message, new Date());
  }
}

/** As it stands in a path. */
function numberIn(id: string): number {
  const number = /^-?\d{1,10}$/.test(id) ? Number(id) : NaN;
  if (!(number >= -(2 ** 31) && number < 2 ** 31)) throw new CsmsError('not-found', 'no such display message');
  return number;
}
