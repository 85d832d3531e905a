import { Body, Controller, Delete, Get, HttpCode, Param, Put, Query } from '@nestjs/common';
import { CsmsError, invalidAt } from '@voltbus/contracts';
import { ApiList, ApiZodBody, ApiZodResponse, Audited, Needs, Tenant, zodBody, zodParam, zodQuery, type ListPage } from '@voltbus/http';
import { z } from 'zod';
import { StationDirectory } from '../station-directory';
import { Stations, type StationUpdate } from '../stations';
import { putStationSchema, stationNameSchema, stationSchema, stationView } from './station';
import { stationList } from './station-list';

type StationView = z.output<typeof stationSchema>;

@Controller('v1/stations')
export class StationsController {
  constructor(
    private readonly stations: Stations,
    private readonly directory: StationDirectory,
  ) {}

  @Get()
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
  @ApiZodResponse(200, stationSchema)
  async one(@Tenant() tenant: string, @Param('station') name: string): Promise<StationView> {
    const known = stationNameSchema.safeParse(name).success;
    const station = known ? await this.directory.find({ tenant, station: name }) : null;
    if (station === null) throw new CsmsError('not-found', 'no such station');
    return stationView(station);
  }

  @Put(':station')
  @Audited<StationsController>({ view: (controller, { tenant, params }) => controller.one(tenant, params['station'] ?? '') })
  @Needs('admin')
  @ApiZodBody(putStationSchema)
  @ApiZodResponse(200, stationSchema)
  async put(
    @Tenant() tenant: string,
    @Param('station', zodParam('station', stationNameSchema)) name: string,
    @Body(zodBody(putStationSchema)) { station, ...given }: z.output<typeof putStationSchema>,
  ): Promise<StationView> {
    if (station !== undefined && station !== name) throw invalidAt('/station', 'the body names another station than the path');
    await this.stations.put({ tenant, station: name }, updateOf(given));
    return this.one(tenant, name);
  }

  @Delete(':station')
  @Audited<StationsController>({ view: (controller, { tenant, params }) => controller.one(tenant, params['station'] ?? '') })
  @Needs('admin')
  @HttpCode(204)
  async remove(@Tenant() tenant: string, @Param('station') name: string): Promise<void> {
    const known = stationNameSchema.safeParse(name).success;
    if (!known || !(await this.stations.remove({ tenant, station: name }))) throw new CsmsError('not-found', 'no such station');
  }
}

/** Only the given members: the rest stays as it was. */
function updateOf({
  password,
  securityProfile,
  blocked,
  registration,
  group,
  pinnedProtocol,
  name,
  place,
  evseIds,
  labels,
}: Omit<z.output<typeof putStationSchema>, 'station'>): StationUpdate {
  return {
    ...(password === undefined ? {} : { password }),
    ...(securityProfile === undefined ? {} : { securityProfile }),
    ...(blocked === undefined ? {} : { blocked }),
    ...(registration === undefined ? {} : { registration }),
    ...(group === undefined ? {} : { group }),
    ...(pinnedProtocol === undefined ? {} : { pinnedProtocol }),
    ...(name === undefined ? {} : { name }),
    ...(place === undefined ? {} : { place }),
    ...(evseIds === undefined ? {} : { evseIds }),
    ...(labels === undefined ? {} : { labels }),
  };
}
