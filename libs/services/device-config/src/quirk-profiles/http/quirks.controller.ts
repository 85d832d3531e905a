import { Controller, Get } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { CsmsError } from '@voltbus/contracts';
import { ApiZodResponse, Needs, OF_STATION, OF_TENANT, StationParam, Tenant } from '@voltbus/http';
import type { z } from 'zod';
import { TypeormStationQuirks } from '../../quirks';
import { quirksSchema, quirksView, stationQuirksSchema } from './quirks';

/** The quirks that are known, and what holds for a station. */
@Controller('v1')
export class QuirksController {
  constructor(private readonly stations: TypeormStationQuirks) {}

  @Get('quirks')
  @Needs('quirks:read', OF_TENANT)
  @ApiOperation({ summary: 'All quirks of stations that are known, and what is done about them' })
  @ApiZodResponse(200, quirksSchema)
  all(): z.output<typeof quirksSchema> {
    return quirksView();
  }

  @Get('stations/:station/quirks')
  @Needs('quirks:read', OF_STATION)
  @ApiOperation({ summary: 'Which quirks are switched for a station, and where each comes from' })
  @ApiZodResponse(200, stationQuirksSchema)
  async ofStation(@Tenant() tenant: string, @StationParam() station: string): Promise<z.output<typeof stationQuirksSchema>> {
    const items = await this.stations.effective({ tenant, station });
    if (items === null) throw new CsmsError('unknown-station', 'no such station');
    return { items };
  }
}
