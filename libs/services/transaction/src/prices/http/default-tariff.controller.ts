import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { commandSchema, type Command } from '@voltbus/contracts';
import { ApiZodResponse, Needs, OF_STATION, Tenant, StationParam } from '@voltbus/http';
import { DefaultTariffs } from '../default-tariffs';

/** The requester in the commands. */
const REQUESTED_BY = 'api';

@Controller('v1/stations')
export class DefaultTariffController {
  constructor(private readonly tariffs: DefaultTariffs) {}

  @Post(':station/default-tariff')
  @Needs('commands:send', OF_STATION)
  @ApiOperation({ operationId: 'sendDefaultTariff', summary: 'Send a station of OCPP 2.1 the tariff that applies there' })
  @HttpCode(202)
  @ApiZodResponse(202, commandSchema, 'The command that tells the station')
  send(@Tenant() tenant: string, @StationParam() station: string): Promise<Command> {
    return this.tariffs.send({ tenant, station }, REQUESTED_BY);
  }
}
