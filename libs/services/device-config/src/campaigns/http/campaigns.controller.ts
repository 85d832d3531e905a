import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { CsmsError, invalidAt, unknownReference } from '@voltbus/contracts';
import { shownAs } from '@voltbus/database';
import {
  Actor,
  ApiList,
  ApiZodBody,
  ApiZodResponse,
  Audited,
  Needs,
  OF_TENANT,
  Tenant,
  zodBody,
  zodQuery,
  type ListPage,
} from '@voltbus/http';
import type { z } from 'zod';
import { Renewals } from '../../certificates';
import { refuseSecrets, TypeormProfiles, type ProfileValue } from '../../configuration';
import { FirmwareUpdates, TypeormFirmwareImages } from '../../firmware';
import { Campaigns } from '../campaigns';
import type { Campaign } from '../domain/campaign';
import { reservedAt } from '../settings/domain/reserved';
import { MAX_SET_VALUES } from '../settings/limits';
import { TypeormCampaigns } from '../store/typeorm-campaigns';
import type { RequestedWork } from './campaign-work';
import { campaignList, campaignSchema, campaignStationList, campaignStationView, campaignView, createCampaignSchema } from './campaign';

type CampaignView = z.output<typeof campaignSchema>;

/** Work that is brought to many stations in waves. */
@Controller('v1/campaigns')
export class CampaignsController {
  constructor(
    private readonly campaigns: Campaigns,
    private readonly store: TypeormCampaigns,
    private readonly images: TypeormFirmwareImages,
    private readonly updates: FirmwareUpdates,
    private readonly profiles: TypeormProfiles,
    private readonly renewals: Renewals,
  ) {}

  /** It begins at once, unless it is made paused or must be approved. */
  @Post()
  @Audited({})
  @Needs('campaigns:write', OF_TENANT)
  @ApiOperation({
    operationId: 'createCampaign',
    summary: 'Bring a firmware, a security profile, new passwords, values or new certificates to many stations in waves',
  })
  @ApiZodBody(createCampaignSchema)
  @ApiZodResponse(201, campaignSchema)
  async create(
    @Tenant() tenant: string,
    @Actor() actor: string,
    @Body(zodBody(createCampaignSchema)) body: z.output<typeof createCampaignSchema>,
  ): Promise<CampaignView> {
    const { name, work: wanted, paused, needsApproval, ...plan } = body;
    const work = await this.workOf(tenant, wanted);
    const given = { name, kind: wanted.kind, work, plan, paused, needsApproval, createdBy: actor };
    return campaignView(await this.campaigns.create(tenant, given));
  }

  @Get()
  @Needs('campaigns:read', OF_TENANT)
  @ApiOperation({ summary: 'List campaigns, newest first' })
  @ApiList(campaignList)
  list(
    @Tenant() tenant: string,
    @Query(zodQuery(campaignList.query)) query: z.output<typeof campaignList.query>,
  ): Promise<ListPage<CampaignView>> {
    const shown = shownAs(this.store.list(tenant), async (rows) => (await this.campaigns.reports(rows)).map(campaignView));
    return campaignList.page(query, shown);
  }

  @Get(':id')
  @Needs('campaigns:read', OF_TENANT)
  @ApiOperation({ summary: 'A campaign, and how far each of its waves is' })
  @ApiZodResponse(200, campaignSchema)
  async one(@Tenant() tenant: string, @Param('id') id: string): Promise<CampaignView> {
    return campaignView(await this.campaigns.report(tenant, id));
  }

  @Get(':id/stations')
  @Needs('campaigns:read', OF_TENANT)
  @ApiOperation({ operationId: 'listCampaignStations', summary: 'List the stations of a campaign, and what came of the work at each' })
  @ApiList(campaignStationList)
  async stations(
    @Tenant() tenant: string,
    @Param('id') id: string,
    @Query(zodQuery(campaignStationList.query)) query: z.output<typeof campaignStationList.query>,
  ): Promise<ListPage<ReturnType<typeof campaignStationView>>> {
    const { id: campaign } = await this.campaigns.find(tenant, id);
    return campaignStationList.page(
      query,
      shownAs(this.store.listStations(campaign), (rows) => rows.map(campaignStationView)),
    );
  }

  /** By another person than the one who made it. */
  @Post(':id/approve')
  @Audited({})
  @Needs('campaigns:write', OF_TENANT)
  @HttpCode(200)
  @ApiOperation({ operationId: 'approveCampaign', summary: 'Let a campaign begin that waits for a second person' })
  @ApiZodResponse(200, campaignSchema)
  async approve(@Tenant() tenant: string, @Actor() actor: string, @Param('id') id: string): Promise<CampaignView> {
    return campaignView(await this.campaigns.approve(tenant, id, actor));
  }

  /** By another person than the one who made it, who can cancel it. */
  @Post(':id/refuse')
  @Audited({})
  @Needs('campaigns:write', OF_TENANT)
  @HttpCode(200)
  @ApiOperation({ operationId: 'refuseCampaign', summary: 'End a campaign that waits for a second person' })
  @ApiZodResponse(200, campaignSchema)
  async refuse(@Tenant() tenant: string, @Actor() actor: string, @Param('id') id: string): Promise<CampaignView> {
    return campaignView(await this.campaigns.refuse(tenant, id, actor));
  }

  /** Stations that were asked go on; no other one is asked. */
  @Post(':id/pause')
  @Audited({})
  @Needs('campaigns:write', OF_TENANT)
  @HttpCode(200)
  @ApiOperation({ operationId: 'pauseCampaign', summary: 'Ask no more stations until the campaign is resumed' })
  @ApiZodResponse(200, campaignSchema)
  async pause(@Tenant() tenant: string, @Param('id') id: string): Promise<CampaignView> {
    return campaignView(await this.campaigns.pause(tenant, id));
  }

  /** After a stop, the failures until now do not count any more. */
  @Post(':id/resume')
  @Audited({})
  @Needs('campaigns:write', OF_TENANT)
  @HttpCode(200)
  @ApiOperation({ operationId: 'resumeCampaign', summary: 'Go on with a campaign that is paused or has stopped' })
  @ApiZodResponse(200, campaignSchema)
  async resume(@Tenant() tenant: string, @Param('id') id: string): Promise<CampaignView> {
    return campaignView(await this.campaigns.resume(tenant, id));
  }

  /** Stations that were asked go on. */
  @Post(':id/cancel')
  @Audited({})
  @Needs('campaigns:write', OF_TENANT)
  @HttpCode(200)
  @ApiOperation({ operationId: 'cancelCampaign', summary: 'End a campaign: no more stations are asked' })
  @ApiZodResponse(200, campaignSchema)
  async cancel(@Tenant() tenant: string, @Param('id') id: string): Promise<CampaignView> {
    return campaignView(await this.campaigns.cancel(tenant, id));
  }

  private async valuesOf(tenant: string, name: string | null): Promise<ProfileValue[]> {
    const profile = name === null ? null : await this.profiles.find(tenant, name);
    if (profile === null) throw unknownReference('/work/profile', 'configuration profile');
    const { values } = profile;
    if (values.length === 0 || values.length > MAX_SET_VALUES)
      throw invalidAt('/work/profile', `has ${values.length} values: a campaign sets 1 to ${MAX_SET_VALUES}`);
    return values;
  }

  /** What is kept of the work: whole, so that what was approved is what is done. */
  private async workOf(tenant: string, wanted: RequestedWork): Promise<Campaign['work']> {
    switch (wanted.kind) {
      case 'firmware': {
        const { kind: _, image: name, ...options } = wanted;
        const image = await this.images.find(tenant, name);
        if (image === null) throw unknownReference('/work/image', 'firmware image');
        this.updates.mustBeReady(image);
        return { ...options, image };
      }
      case 'certificate': {
        if (!this.renewals.canIssue) throw new CsmsError('conflict', 'no certificate authority is set: VOLTBUS_CERTIFICATE_AUTHORITY');
        return { certificate: wanted.certificate, runHours: wanted.runHours };
      }
      case 'configuration': {
        const { runHours, profile: name = null, values = await this.valuesOf(tenant, name) } = wanted;
        refuseSecrets(values, '/work/values');
        const reserved = reservedAt(values);
        if (reserved >= 0) throw invalidAt(`/work/values/${reserved}`, 'decides how stations connect: see the kind security-profile');
        return { profile: name, values, runHours };
      }
      case 'password':
        return {};
      case 'security-profile': {
        const { target, runHours, url, interface: of, messageTimeoutSeconds } = wanted;
        return { target, runHours, network: { url, interface: of, messageTimeoutSeconds } };
      }
    }
  }
}
