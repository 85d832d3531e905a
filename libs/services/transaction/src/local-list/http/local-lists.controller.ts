import { Controller, Get, HttpCode, Inject, Patch, Post, Put } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import type { StationRef } from '@voltbus/contracts';
import {
  ApiGet,
  ApiPatch,
  ApiPut,
  ApiZodResponse,
  Audited,
  ChangeOf,
  EntityTag,
  KNOWN_STATIONS,
  Needs,
  OF_STATION,
  Tenant,
  whileKnown,
  type Auditing,
  type KnownStations,
  type ResourceChange,
  type Tagged,
  StationParam,
} from '@voltbus/http';
import type { LocalListSettings } from '../local-list-settings';
import { LocalLists } from '../local-lists';
import type { LocalListView } from '../local-list-view';
import { localListResource, localListSchema } from './local-list';

type LocalListChange = ResourceChange<typeof localListResource.schema, LocalListSettings>;
const AUDITED: Auditing<LocalListsController> = {
  view: (controller, { tenant, params }) => controller.show({ tenant, station: params['station'] ?? '' }),
};

/** The local lists of stations: who may charge while a station is offline. */
@Controller('v1/stations/:station/local-list')
export class LocalListsController {
  constructor(
    private readonly lists: LocalLists,
    @Inject(KNOWN_STATIONS) private readonly stations: KnownStations,
  ) {}

  @Get()
  @Needs('local-lists:read', OF_STATION)
  @ApiOperation({ summary: 'How the local authorization list of a station stands' })
  @ApiGet(localListSchema)
  async one(
    @Tenant() tenant: string,
    @StationParam() station: string,
    @EntityTag(localListResource) tagged: Tagged<LocalListSettings>,
  ): Promise<LocalListView> {
    const shown = await this.show({ tenant, station });
    tagged(shown);
    return shown;
  }

  @Put()
  @Needs('local-lists:write', OF_STATION)
  @Audited(AUDITED)
  @ApiOperation({ summary: 'Keep the local authorization list of a station the same as the tenant\u2019s tokens, or no longer' })
  @ApiPut(localListResource, localListSchema, { always: true })
  async put(
    @Tenant() tenant: string,
    @StationParam() station: string,
    @ChangeOf(localListResource) change: LocalListChange,
  ): Promise<LocalListView> {
    const ref = { tenant, station };
    change.stored(await whileKnown(this.stations, ref, () => this.lists.set(ref, (before) => change.decide(before))));
    return this.show(ref);
  }

  @Patch()
  @Needs('local-lists:write', OF_STATION)
  @Audited(AUDITED)
  @ApiOperation({ summary: 'Change members of how the local authorization list of a station is kept' })
  @ApiPatch(localListResource, localListSchema)
  async patch(
    @Tenant() tenant: string,
    @StationParam() station: string,
    @ChangeOf(localListResource) change: LocalListChange,
  ): Promise<LocalListView> {
    return this.put(tenant, station, change);
  }

  @Post('sync')
  @Needs('local-lists:write', OF_STATION)
  @Audited(AUDITED)
  @HttpCode(202)
  @ApiOperation({ summary: 'Send the whole list, whatever version the station reports' })
  @ApiZodResponse(202, localListSchema)
  async sync(@Tenant() tenant: string, @StationParam() station: string): Promise<LocalListView> {
    await this.lists.force({ tenant, station });
    return this.lists.show({ tenant, station });
  }

  show(ref: StationRef): Promise<LocalListView> {
    return this.lists.show(ref);
  }
}
