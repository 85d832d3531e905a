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
import { FirmwarePublications } from '../firmware-publications';
import { publicationList, publicationSchema, publicationView, startPublicationSchema, unpublishSchema } from './firmware-publication';

type View = z.output<typeof publicationSchema>;

/** About the publication whose id the path names. */
const OF_PUBLICATION = ofItem<{ publications: Pick<FirmwarePublications, 'find'> }>(
  'firmware publication',
  async ({ publications }, tenant, id) => (await publications.find(tenant, id)).publication,
);

/** Firmware that local controllers offer to the stations behind them. */
@Controller('v1')
export class FirmwarePublicationsController {
  constructor(private readonly publications: FirmwarePublications) {}

  /** It is sent at once where the local controller is connected; else it waits for it. */
  @Post('stations/:station/firmware-publications')
  @Audited({})
  @Needs('firmware:write', OF_STATION)
  @HttpCode(202)
  @ApiOperation({ operationId: 'publishFirmware', summary: 'Have a local controller publish a firmware image' })
  @ApiZodBody(startPublicationSchema)
  @ApiZodResponse(202, publicationSchema, 'It is followed by `GET /v1/firmware-publications/{id}`')
  async start(
    @Tenant() tenant: string,
    @StationParam() station: string,
    @Actor() actor: string,
    @Body(zodBody(startPublicationSchema)) { image, ...wanted }: z.output<typeof startPublicationSchema>,
  ): Promise<View> {
    return publicationView(await this.publications.request({ tenant, station }, image, wanted, actor));
  }

  @Get('firmware-publications')
  @Needs('firmware:read', OF_STATIONS)
  @ApiOperation({ summary: 'List what local controllers were asked to publish, newest first' })
  @ApiList(publicationList)
  list(
    @Tenant() tenant: string,
    @Query(zodQuery(publicationList.query)) query: z.output<typeof publicationList.query>,
  ): Promise<ListPage<View>> {
    return publicationList.page(
      query,
      shownAs(this.publications.list(tenant), async (rows) => (await this.publications.followed(tenant, rows)).map(publicationView)),
    );
  }

  @Get('firmware-publications/:id')
  @Needs('firmware:read', OF_PUBLICATION)
  @ApiZodResponse(200, publicationSchema)
  async one(@Tenant() tenant: string, @Param('id') id: string): Promise<View> {
    return publicationView(await this.publications.find(tenant, id));
  }

  /** Only one that has not been sent; another one is unpublished. */
  @Post('firmware-publications/:id/cancel')
  @Audited({})
  @Needs('firmware:write', OF_PUBLICATION)
  @HttpCode(200)
  @ApiOperation({ operationId: 'cancelFirmwarePublication', summary: 'Cancel a publication that waits for its local controller' })
  @ApiZodResponse(200, publicationSchema)
  async cancel(@Tenant() tenant: string, @Param('id') id: string): Promise<View> {
    return publicationView(await this.publications.cancel(tenant, id));
  }

  /** The local controller refuses while a station downloads the image; then it may be asked again. */
  @Post('firmware-publications/:id/unpublish')
  @Audited({})
  @Needs('firmware:write', OF_PUBLICATION)
  @HttpCode(202)
  @ApiOperation({ operationId: 'unpublishFirmware', summary: 'Have a local controller offer a firmware image no more' })
  @ApiZodBody(unpublishSchema)
  @ApiZodResponse(202, publicationSchema, 'What becomes of it is shown as `unpublication`')
  async unpublish(
    @Tenant() tenant: string,
    @Param('id') id: string,
    @Actor() actor: string,
    @Body(zodBody(unpublishSchema)) wanted: z.output<typeof unpublishSchema>,
  ): Promise<View> {
    return publicationView(await this.publications.unpublish(tenant, id, wanted, actor));
  }
}
