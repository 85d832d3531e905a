import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { CsmsError, MAX_STATION_LENGTH } from '@voltbus/contracts';
import { shownAs } from '@voltbus/database';
import {
  ApiList,
  ApiZodBody,
  ApiZodResponse,
  KeyId,
  Needs,
  Tenant,
  isUuid,
  text,
  zodBody,
  zodParam,
  zodQuery,
  type ListPage,
} from '@voltbus/http';
import type { z } from 'zod';
import { FirmwareUpdates } from '../firmware-updates';
import { startUpdateSchema, updateList, updateSchema, updateView } from './firmware-update';

type UpdateView = z.output<typeof updateSchema>;
const STATION = zodParam('station', text.min(1).max(MAX_STATION_LENGTH));
/** Who asked where no API key did. */
const ADMINISTRATOR = 'administrator';

/** Firmware updates of stations. */
@Controller('v1')
export class FirmwareUpdatesController {
  constructor(private readonly updates: FirmwareUpdates) {}

  /** It is sent at once where the station is connected; else it waits for it. */
  @Post('stations/:station/firmware-updates')
  @HttpCode(202)
  @Needs('operate')
  @ApiOperation({ operationId: 'updateStationFirmware', summary: 'Update the firmware of a station' })
  @ApiZodBody(startUpdateSchema)
  @ApiZodResponse(202, updateSchema, 'It is followed by `GET /v1/firmware-updates/{id}`')
  async start(
    @Tenant() tenant: string,
    @Param('station', STATION) station: string,
    @KeyId() key: string | null,
    @Body(zodBody(startUpdateSchema)) { image, ...wanted }: z.output<typeof startUpdateSchema>,
  ): Promise<UpdateView> {
    return updateView(await this.updates.request({ tenant, station }, image, wanted, key ?? ADMINISTRATOR));
  }

  @Get('firmware-updates')
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
  @ApiZodResponse(200, updateSchema)
  async one(@Tenant() tenant: string, @Param('id') id: string): Promise<UpdateView> {
    return updateView(await this.updates.find(tenant, known(id)));
  }

  /** Only one that has not been sent: a station ends an update for another one (`replace`), and for nothing else. */
  @Post('firmware-updates/:id/cancel')
  @HttpCode(200)
  @Needs('operate')
  @ApiOperation({ operationId: 'cancelFirmwareUpdate', summary: 'Cancel a firmware update that waits for its station' })
  @ApiZodResponse(200, updateSchema)
  async cancel(@Tenant() tenant: string, @Param('id') id: string): Promise<UpdateView> {
    return updateView(await this.updates.cancel(tenant, known(id)));
  }
}

function known(id: string): string {
  if (!isUuid(id)) throw new CsmsError('not-found', 'no such firmware update');
  return id;
}
