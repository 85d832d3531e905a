import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { CsmsError, commandSchema, type Command } from '@voltbus/contracts';
import { ApiIdempotencyKey, ApiZodBody, ApiZodResponse, CommandId, Needs, Tenant, isUuid, zodBody, zodParam } from '@voltbus/http';
import { z } from 'zod';
import { RemoteControl } from '../remote-control';
import { stationSchema } from '../../stations/station-schema';
import { remoteStartSchema } from './remote-start';

/** The requester in the commands. */
const REQUESTED_BY = 'api';

@Needs('operate')
@Controller('v1')
export class RemoteControlController {
  constructor(private readonly remote: RemoteControl) {}

  @Post('stations/:station/remote-start')
  @ApiOperation({ operationId: 'remoteStart', summary: 'Start a transaction, the same in every version of OCPP' })
  @ApiIdempotencyKey()
  @HttpCode(202)
  @ApiZodResponse(202, commandSchema, 'The command that asks the station')
  @ApiZodBody(remoteStartSchema)
  start(
    @Tenant() tenant: string,
    @Param('station', zodParam('station', stationSchema)) station: string,
    @CommandId() id: string,
    @Body(zodBody(remoteStartSchema)) { idToken, evse, limit, paid = false }: z.output<typeof remoteStartSchema>,
  ): Promise<Command> {
    return this.remote.start(
      { tenant, station },
      { idToken, evse: evse ?? null, limit: limit ?? null, paid },
      { id, requestedBy: REQUESTED_BY },
    );
  }

  @Post('transactions/:id/remote-stop')
  @ApiOperation({ operationId: 'remoteStop', summary: 'Stop a transaction, the same in every version of OCPP' })
  @ApiIdempotencyKey()
  @HttpCode(202)
  @ApiZodResponse(202, commandSchema, 'The command that asks the station')
  async stop(@Tenant() tenant: string, @Param('id') transaction: string, @CommandId() id: string): Promise<Command> {
    if (!isUuid(transaction)) throw new CsmsError('not-found', 'no such transaction');
    return this.remote.stop(tenant, transaction, { id, requestedBy: REQUESTED_BY });
  }
}
