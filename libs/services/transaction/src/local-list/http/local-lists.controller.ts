import { Body, Controller, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { ApiZodBody, ApiZodResponse, Audited, Needs, Tenant, zodBody, zodParam } from '@voltbus/http';
import type { z } from 'zod';
import { LocalLists } from '../local-lists';
import type { LocalListView } from '../local-list-view';
import { localListSchema, putLocalListSchema } from './local-list';
import { stationSchema } from '../../stations/station-schema';

/** The local lists of stations: who may charge while a station is offline. */
@Controller('v1/stations/:station/local-list')
export class LocalListsController {
  constructor(private readonly lists: LocalLists) {}

  @Get()
  @ApiOperation({ summary: 'How the local authorization list of a station stands' })
  @ApiZodResponse(200, localListSchema)
  one(@Tenant() tenant: string, @Param('station', zodParam('station', stationSchema)) station: string): Promise<LocalListView> {
    return this.lists.show({ tenant, station });
  }

  @Put()
  @Audited<LocalListsController>({ view: (controller, { tenant, params }) => controller.one(tenant, params['station'] ?? '') })
  @Needs('operate')
  @ApiOperation({ summary: 'Keep the local authorization list of a station the same as the tenant\u2019s tokens, or no longer' })
  @ApiZodBody(putLocalListSchema)
  @ApiZodResponse(200, localListSchema)
  async put(
    @Tenant() tenant: string,
    @Param('station', zodParam('station', stationSchema)) station: string,
    @Body(zodBody(putLocalListSchema)) wanted: z.output<typeof putLocalListSchema>,
  ): Promise<LocalListView> {
    await this.lists.set({ tenant, station }, wanted);
    return this.lists.show({ tenant, station });
  }

  @Post('sync')
  @Audited<LocalListsController>({ view: (controller, { tenant, params }) => controller.one(tenant, params['station'] ?? '') })
  @Needs('operate')
  @HttpCode(202)
  @ApiOperation({ summary: 'Send the whole list, whatever version the station reports' })
  @ApiZodResponse(202, localListSchema)
  async sync(@Tenant() tenant: string, @Param('station', zodParam('station', stationSchema)) station: string): Promise<LocalListView> {
    await this.lists.force({ tenant, station });
    return this.lists.show({ tenant, station });
  }
}
