import { Controller, Get, HttpCode, Patch, Post, Put, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { type StationRef } from '@voltbus/contracts';
import { shownAs } from '@voltbus/database';
import {
  ApiGet,
  ApiList,
  ApiPatch,
  ApiPut,
  ApiZodResponse,
  Audited,
  ChangeOf,
  EntityTag,
  Needs,
  OF_STATION,
  OF_STATIONS,
  Tenant,
  zodQuery,
  type Auditing,
  type ListPage,
  type ResourceChange,
  type Tagged,
  StationParam,
} from '@voltbus/http';
import type { z } from 'zod';
import { Configurations } from '../configurations';
import { TypeormStationConfigurations, type OwnConfiguration } from '../store/typeorm-station-configurations';
import {
  configurationList,
  configurationResource,
  configurationSchema,
  configurationView,
  summaryView,
  type summarySchema,
} from './station-configuration';

type Shown = z.output<typeof configurationSchema>;
type Change = ResourceChange<typeof configurationResource.schema, OwnConfiguration>;
const AUDITED: Auditing<ConfigurationsController> = {
  view: (controller, { tenant, params }) => controller.show({ tenant, station: params['station'] ?? '' }),
};

/** What each station shall be set to, and how far it is. */
@Controller('v1')
export class ConfigurationsController {
  constructor(
    private readonly configurations: Configurations,
    private readonly store: TypeormStationConfigurations,
  ) {}

  @Get('station-configurations')
  @Needs('configuration:read', OF_STATIONS)
  @ApiList(configurationList)
  list(
    @Tenant() tenant: string,
    @Query(zodQuery(configurationList.query)) query: z.output<typeof configurationList.query>,
  ): Promise<ListPage<z.output<typeof summarySchema>>> {
    return configurationList.page(
      query,
      shownAs(this.store.list(tenant), (rows) => rows.map(summaryView)),
    );
  }

  @Get('stations/:station/configuration')
  @Needs('configuration:read', OF_STATION)
  @ApiOperation({ summary: 'What a station shall be set to, and how far it is' })
  @ApiGet(configurationSchema)
  async one(
    @Tenant() tenant: string,
    @StationParam() station: string,
    @EntityTag(configurationResource) tagged: Tagged<OwnConfiguration>,
  ): Promise<Shown> {
    const shown = await this.configurations.show({ tenant, station });
    tagged(shown);
    return configurationView(station, shown);
  }

  @Put('stations/:station/configuration')
  @Needs('configuration:write', OF_STATION)
  @Audited(AUDITED)
  @ApiOperation({ summary: 'Give a station values of its own, or pause its configuration' })
  @ApiPut(configurationResource, configurationSchema, { always: true })
  async put(@Tenant() tenant: string, @StationParam() station: string, @ChangeOf(configurationResource) change: Change): Promise<Shown> {
    const ref = { tenant, station };
    change.stored(await this.configurations.changeStation(ref, (before) => change.decide(before)));
    return this.show(ref);
  }

  @Patch('stations/:station/configuration')
  @Needs('configuration:write', OF_STATION)
  @Audited(AUDITED)
  @ApiOperation({ summary: 'Change members of what a station shall be set to' })
  @ApiPatch(configurationResource, configurationSchema)
  async patch(@Tenant() tenant: string, @StationParam() station: string, @ChangeOf(configurationResource) change: Change): Promise<Shown> {
    return this.put(tenant, station, change);
  }

  @Post('stations/:station/configuration/check')
  @Needs('configuration:write', OF_STATION)
  @Audited(AUDITED)
  @HttpCode(202)
  @ApiOperation({ operationId: 'checkStationConfiguration', summary: 'Compare a station with what it shall be set to, now' })
  @ApiZodResponse(202, configurationSchema, 'It is read, and set where it differs, as soon as it is connected')
  async check(@Tenant() tenant: string, @StationParam() station: string): Promise<Shown> {
    await this.configurations.check({ tenant, station });
    return this.show({ tenant, station });
  }

  async show(ref: StationRef): Promise<Shown> {
    return configurationView(ref.station, await this.configurations.show(ref));
  }
}
