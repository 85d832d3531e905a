import { Controller, Get, Param } from '@nestjs/common';
import { ApiZodResponse, Needs, OF_STATION, Tenant } from '@voltbus/http';
import { z } from 'zod';
import { ConnectionCounts } from './connection-counts';

const connectionCountSchema = z.object({ station: z.string(), today: z.int().describe('Connections since midnight UTC') });

@Controller('v1/stations/:station/connection-count')
export class ConnectionCountsController {
  constructor(private readonly counts: ConnectionCounts) {}

  @Get()
  @Needs('stations:read', OF_STATION)
  @ApiZodResponse(200, connectionCountSchema)
  async count(@Tenant() tenant: string, @Param('station') station: string): Promise<z.output<typeof connectionCountSchema>> {
    return { station, today: await this.counts.today({ tenant, station }) };
  }
}
