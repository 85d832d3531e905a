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
  OF_TENANT,
  Tenant,
  zodBody,
  zodQuery,
  type ListPage,
} from '@voltbus/http';
import type { z } from 'zod';
import { PasswordCampaigns } from '../password-campaigns';
import { TypeormPasswordCampaigns } from '../store/typeorm-password-campaigns';
import { campaignList, campaignSchema, campaignView, startCampaignSchema } from './password-campaign';

type CampaignView = z.output<typeof campaignSchema>;

/** New passwords for a fleet. */
@Controller('v1/password-campaigns')
export class PasswordCampaignsController {
  constructor(
    private readonly campaigns: PasswordCampaigns,
    private readonly store: TypeormPasswordCampaigns,
  ) {}

  @Post()
  @HttpCode(201)
  @Needs('stations:write', OF_TENANT)
  @Audited({})
  @ApiOperation({ operationId: 'startPasswordCampaign', summary: 'Give many stations new passwords, at a pace' })
  @ApiZodBody(startCampaignSchema)
  @ApiZodResponse(201, campaignSchema, 'It is running')
  async start(
    @Tenant() tenant: string,
    @Actor() actor: string,
    @Body(zodBody(startCampaignSchema)) { groups, stationsPerHour, maxFailures }: z.output<typeof startCampaignSchema>,
  ): Promise<CampaignView> {
    return campaignView(await this.campaigns.start(tenant, { groups: groups ?? null, stationsPerHour, maxFailures }, actor));
  }

  @Get()
  @Needs('stations:read', OF_TENANT)
  @ApiList(campaignList)
  list(
    @Tenant() tenant: string,
    @Query(zodQuery(campaignList.query)) query: z.output<typeof campaignList.query>,
  ): Promise<ListPage<CampaignView>> {
    return campaignList.page(
      query,
      shownAs(this.store.list(tenant), (rows) => rows.map(campaignView)),
    );
  }

  @Get(':id')
  @Needs('stations:read', OF_TENANT)
  @ApiOperation({ operationId: 'getPasswordCampaign', summary: 'How far a password campaign is' })
  @ApiZodResponse(200, campaignSchema)
  async one(@Tenant() tenant: string, @Param('id') id: string): Promise<CampaignView> {
    return campaignView(await this.campaigns.find(tenant, id));
  }

  /** No further station begins; those that have begun go on. */
  @Post(':id/stop')
  @HttpCode(200)
  @Needs('stations:write', OF_TENANT)
  @Audited({})
  @ApiOperation({ operationId: 'stopPasswordCampaign', summary: 'Stop a password campaign' })
  @ApiZodResponse(200, campaignSchema)
  async stop(@Tenant() tenant: string, @Param('id') id: string): Promise<CampaignView> {
    return campaignView(await this.campaigns.stop(tenant, id));
  }
}
