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
  Tenant,
  ofItem,
  zodBody,
  zodQuery,
  type ListPage,
  StationParam,
} from '@voltbus/http';
import type { z } from 'zod';
import { FirmwareUpdates } from '../firmware-updates';
import { startUpdateSchema, updateList, updateSchema, updateView } from './firmware-update';

type UpdateView = z.output<typeof updateSchema>;

/** About the update whose id the path names. */
const OF_UPDATE = ofItem<{ updates: Pick<FirmwareUpdates, 'find'> }>('firmware update', ({ updates }, tenant, id) =>
  updates.find(tenant, id),
);

/** Firmware updates of stations. */
@Controller('v1')
export class FirmwareUpdatesController {
  constructor(private readonly updates: FirmwareUpdates) {}

  /** It is sent at once where the station is connected; else it waits for it. */
  @Post('stations/:station/firmware-updates')
  @Audited({})
  @Needs('firmware:write', OF_STATION)
  @HttpCode(202)
  @ApiOperation({ operationId: 'updateStationFirmware', summary: 'Update the firmware of a station' })
  @ApiZodBody(startUpdateSchema)
  @ApiZodResponse(202, updateSchema, 'It is followed by `GET /v1/firmware-updates/{id}`')
  async start(
    @Tenant() tenant: string,
    @StationParam() station: string,
    @Actor() actor: string,
    @Body(zodBody(startUpdateSchema)) { image, ...wanted }: z.output<typeof startUpdateSchema>,
  ): Promise<UpdateView> {
    return updateView(await this.updates.request({ tenant, station }, image, wanted, actor));
  }

  @Get('firmware-updates')
  @Needs('firmware:read', OF_STATIONS)
  @ApiOperation({ summary: 'List firmware updates, newest first' })
  @ApiList(updateList)
  list(
    @Tenant() tenant: string,
    @Query(zodQuery(updateList.query)) query: z.output<typeof updateList.query>,
  ): Promise<ListPage<UpdateView>> {
    return updateList.page(
      query,
      shownAs(this.updates.list(tenant), (requests) => requests.map(updateView)),
    );
  }

  @Get('firmware-updates/:id')
  @Needs('firmware:read', OF_UPDATE)
  @ApiZodResponse(200, updateSchema)
  async one(@Tenant() tenant: string, @Param('id') id: string): Promise<UpdateView> {
    return updateView(await this.updates.find(tenant, id));
  }

  /** Only one that has not been sent: a station ends an update for another one (`replace`), and for nothing else. */
  @Post('firmware-updates/:id/cancel')
  @Audited({})
  @Needs('firmware:write', OF_UPDATE)
  @HttpCode(200)
  @ApiOperation({ operationId: 'cancelFirmwareUpdate', summary: 'Cancel a firmware update that waits for its station' })
  @ApiZodResponse(200, updateSchema)
  async cancel(@Tenant() tenant: string, @Param('id') id: string): Promise<UpdateView> {
    return updateView(await this.updates.cancel(tenant, id));
  }
}
