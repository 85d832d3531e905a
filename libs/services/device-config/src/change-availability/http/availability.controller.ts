import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { ApiZodBody, ApiZodResponse, Audited, Actor, Needs, Tenant, zodBody, type Auditing, OF_STATION, StationParam } from '@voltbus/http';
import type { z } from 'zod';
import { ChangeAvailability } from '../change-availability';
import { availabilitySchemaOf, availabilityView, changeSchema } from './availability';

type Shown = z.output<typeof availabilitySchemaOf>;
const AUDITED: Auditing<AvailabilityController> = {
  view: (controller, { tenant, params }) => controller.show(tenant, params['station'] ?? ''),
};

/** What of a station is in service: wanted, and reported. */
@Controller('v1/stations/:station')
export class AvailabilityController {
  constructor(private readonly changes: ChangeAvailability) {}

  @Get('availability')
  @Needs('stations:read', OF_STATION)
  @ApiOperation({ operationId: 'getStationAvailability', summary: 'What of a station is in service, as wanted and as reported' })
  @ApiZodResponse(200, availabilitySchemaOf)
  async show(@Tenant() tenant: string, @StationParam() station: string): Promise<Shown> {
    return availabilityView(station, await this.changes.show({ tenant, station }));
  }

  @Post('change-availability')
  @Audited(AUDITED)
  @Needs('commands:send', OF_STATION)
  @HttpCode(200)
  @ApiOperation({
    operationId: 'changeStationAvailability',
    summary: 'Take a station, an EVSE or a connector out of service, or put it back',
  })
  @ApiZodBody(changeSchema)
  @ApiZodResponse(200, availabilitySchemaOf, 'Kept; `wanted.state` tells how far it is. A station that cannot be reached gets it later')
  async change(
    @Tenant() tenant: string,
    @StationParam() station: string,
    @Actor() actor: string,
    @Body(zodBody(changeSchema)) { availability, evse = 0, connector = 0, reason, wait }: z.output<typeof changeSchema>,
  ): Promise<Shown> {
    const requested = { availability, evse, connector, reason: reason ?? null, changedBy: actor };
    return availabilityView(station, await this.changes.change({ tenant, station }, requested, wait * 1_000));
  }
}
