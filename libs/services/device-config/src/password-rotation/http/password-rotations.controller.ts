import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { CsmsError, MAX_STATION_LENGTH } from '@voltbus/contracts';
import { shownAs } from '@voltbus/database';
import {
  ApiList,
  ApiZodBody,
  ApiZodResponse,
  Audited,
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
import { PasswordCampaigns } from '../password-campaigns';
import { PasswordRotations } from '../password-rotations';
import { TypeormPasswordCampaigns } from '../store/typeorm-password-campaigns';
import { TypeormPasswordRotations } from '../store/typeorm-password-rotations';
import {
  campaignList,
  campaignSchema,
  campaignView,
  rotationList,
  rotationSchema,
  rotationView,
  startCampaignSchema,
} from './password-rotation';

const STATION = zodParam('station', text.min(1).max(MAX_STATION_LENGTH));
/** Who changes by the administrator's key. */
const ADMINISTRATOR = 'administrator';

type RotationView = z.output<typeof rotationSchema>;
type CampaignView = z.output<typeof campaignSchema>;

/** New passwords for stations: of one, or of a fleet. */
@Controller('v1')
export class PasswordRotationsController {
  constructor(
    private readonly rotations: PasswordRotations,
    private readonly campaigns: PasswordCampaigns,
    private readonly rotationStore: TypeormPasswordRotations,
    private readonly campaignStore: TypeormPasswordCampaigns,
  ) {}

  /** The password is made here and nobody is shown it. A rotation that is open goes on, with the same password. */
  @Post('stations/:station/password-rotation')
  @HttpCode(202)
  @Audited({})
  @Needs('admin')
  @ApiOperation({ operationId: 'rotateStationPassword', summary: 'Give a station a new password' })
  @ApiZodResponse(202, rotationSchema, 'Begun: it is sent as soon as the station is connected')
  async rotate(@Tenant() tenant: string, @Param('station', STATION) station: string, @KeyId() key: string | null): Promise<RotationView> {
    return rotationView({ station, ...(await this.rotations.start({ tenant, station }, { actor: key ?? ADMINISTRATOR })) });
  }

  @Get('stations/:station/password-rotation')
  @ApiOperation({ operationId: 'getStationPasswordRotation', summary: 'How far the latest password rotation of a station is' })
  @ApiZodResponse(200, rotationSchema)
  async one(@Tenant() tenant: string, @Param('station', STATION) station: string): Promise<RotationView> {
    const rotation = await this.rotations.find({ tenant, station });
    if (rotation === null) throw new CsmsError('not-found', 'the password of that station was never rotated');
    return rotationView({ station, ...rotation });
  }

  @Get('password-rotations')
  @ApiList(rotationList)
  list(
    @Tenant() tenant: string,
    @Query(zodQuery(rotationList.query)) query: z.output<typeof rotationList.query>,
  ): Promise<ListPage<RotationView>> {
    return rotationList.page(
      query,
      shownAs(this.rotationStore.list(tenant), (rows) => rows.map(rotationView)),
    );
  }

  @Post('password-campaigns')
  @HttpCode(201)
  @Audited({})
  @Needs('admin')
  @ApiOperation({ operationId: 'startPasswordCampaign', summary: 'Give many stations new passwords, at a pace' })
  @ApiZodBody(startCampaignSchema)
  @ApiZodResponse(201, campaignSchema, 'It is running')
  async start(
    @Tenant() tenant: string,
    @KeyId() key: string | null,
    @Body(zodBody(startCampaignSchema)) { groups, stationsPerHour, maxFailures }: z.output<typeof startCampaignSchema>,
  ): Promise<CampaignView> {
    return campaignView(await this.campaigns.start(tenant, { groups: groups ?? null, stationsPerHour, maxFailures }, key ?? ADMINISTRATOR));
  }

  @Get('password-campaigns')
  @ApiList(campaignList)
  campaignsOf(
    @Tenant() tenant: string,
    @Query(zodQuery(campaignList.query)) query: z.output<typeof campaignList.query>,
  ): Promise<ListPage<CampaignView>> {
    return campaignList.page(
      query,
      shownAs(this.campaignStore.list(tenant), (rows) => rows.map(campaignView)),
    );
  }

  @Get('password-campaigns/:id')
  @ApiOperation({ operationId: 'getPasswordCampaign', summary: 'How far a password campaign is' })
  @ApiZodResponse(200, campaignSchema)
  async campaign(@Tenant() tenant: string, @Param('id') id: string): Promise<CampaignView> {
    return campaignView(await this.campaigns.find(tenant, known(id)));
  }

  /** No further station begins; those that have begun go on. */
  @Post('password-campaigns/:id/stop')
  @HttpCode(200)
  @Audited({})
  @Needs('admin')
  @ApiOperation({ operationId: 'stopPasswordCampaign', summary: 'Stop a password campaign' })
  @ApiZodResponse(200, campaignSchema)
  async stop(@Tenant() tenant: string, @Param('id') id: string): Promise<CampaignView> {
    return campaignView(await this.campaigns.stop(tenant, known(id)));
  }
}

function known(id: string): string {
  if (!isUuid(id)) throw new CsmsError('not-found', 'no such campaign');
  return id;
}
