import { Controller, Delete, Get, HttpCode, Inject, Param, Patch, Put, Query } from '@nestjs/common';
import { CsmsError } from '@voltbus/contracts';
import {
  ApiDelete,
  ApiGet,
  ApiList,
  ApiPatch,
  ApiPut,
  Audited,
  ChangeOf,
  EntityTag,
  Imported,
  Needs,
  OF_STATION,
  OF_STATIONS,
  OF_WRITTEN_STATION,
  STATION_USES,
  Tenant,
  zodParam,
  zodQuery,
  type Auditing,
  type ListPage,
  type ResourceChange,
  type StationUses,
  type Tagged,
} from '@voltbus/http';
import type { z } from 'zod';
import { StationDirectory } from '../station-directory';
import type { AdmittedStation } from '../domain/station';
import { Stations } from '../stations';
import { stationNameSchema, stationResource, stationSchema, stationView } from './station';
import { stationList } from './station-list';

type StationView = z.output<typeof stationSchema>;

type StationChange = ResourceChange<typeof stationResource.schema, AdmittedStation>;
const AUDITED: Auditing<StationsController> = {
  view: (controller, { tenant, params }) => controller.show(tenant, params['station'] ?? ''),
};

@Controller('v1/stations')
export class StationsController {
  constructor(
    private readonly stations: Stations,
    private readonly directory: StationDirectory,
    @Inject(STATION_USES) private readonly uses: StationUses,
  ) {}

  @Get()
  @Needs('stations:read', OF_STATIONS)
  @ApiList(stationList)
  list(
    @Tenant() tenant: string,
    @Query(zodQuery(stationList.query)) query: z.output<typeof stationList.query>,
  ): Promise<ListPage<StationView>> {
    const stations = this.directory.list(tenant);
    return stationList.page(query, {
      count: (filters, most) => stations.count(filters, most),
      read: async (slice) => {
        const { items, next } = await stations.read(slice);
        return { items: items.map(stationView), next };
      },
    });
  }

  @Get(':station')
  @Needs('stations:read', OF_STATION)
  @ApiGet(stationSchema)
  async one(
    @Tenant() tenant: string,
    @Param('station') name: string,
    @EntityTag(stationResource) tagged: Tagged<AdmittedStation>,
  ): Promise<StationView> {
    const stored = stationNameSchema.safeParse(name).success ? await this.stations.find({ tenant, station: name }) : null;
    if (stored !== null) tagged(stored);
    return this.show(tenant, name);
  }

  @Put(':station')
  @Needs('stations:write', OF_WRITTEN_STATION)
  @Imported({ kind: 'stations', resource: stationResource, key: stationNameSchema })
  @Audited(AUDITED)
  @ApiPut(stationResource, stationSchema)
  async put(
    @Tenant() tenant: string,
    @Param('station', zodParam('station', stationNameSchema)) name: string,
    @ChangeOf(stationResource) change: StationChange,
  ): Promise<StationView> {
    const decide = (before: AdmittedStation | null) => {
      const { station: _name, ...update } = change.decide(before);
      return update;
    };
    const stored = await this.stations.change({ tenant, station: name }, decide, (after) => change.writes(after));
    const view = await this.show(tenant, name);
    change.stored(stored);
    return view;
  }

  @Patch(':station')
  @Needs('stations:write', OF_WRITTEN_STATION)
  @Audited(AUDITED)
  @ApiPatch(stationResource, stationSchema)
  async patch(
    @Tenant() tenant: string,
    @Param('station', zodParam('station', stationNameSchema)) name: string,
    @ChangeOf(stationResource) change: StationChange,
  ): Promise<StationView> {
    return this.put(tenant, name, change);
  }

  @Delete(':station')
  @Needs('stations:write', OF_WRITTEN_STATION)
  @Audited(AUDITED)
  @ApiDelete()
  @HttpCode(204)
  async remove(@Tenant() tenant: string, @Param('station') name: string, @ChangeOf(stationResource) change: StationChange): Promise<void> {
    if (!stationNameSchema.safeParse(name).success) throw new CsmsError('not-found', 'no such station');
    await this.stations.remove({ tenant, station: name }, (before) => change.mayRemove(before), this.uses);
  }

  /** Throws `not-found` where there is none. */
  async show(tenant: string, name: string): Promise<StationView> {
    const known = stationNameSchema.safeParse(name).success;
    const station = known ? await this.directory.find({ tenant, station: name }) : null;
    if (station === null) throw new CsmsError('not-found', 'no such station');
    return stationView(station);
  }
}
