import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { CsmsError, commandSchema, type Command } from '@voltbus/contracts';
import {
  ApiZodBody,
  ApiZodResponse,
  CommandId,
  isUuid,
  KeyFindsCommand,
  Needs,
  ofItem,
  OF_STATION,
  Tenant,
  zodBody,
  type CommandIdentity,
  StationParam,
} from '@voltbus/http';
import { z } from 'zod';
import { RemoteControl } from '../remote-control';
import { remoteStartSchema } from './remote-start';

/** The requester in the commands. */
const REQUESTED_BY = 'api';

/** About the transaction whose id the path names. */
const OF_TARGET = ofItem<RemoteControlController>('transaction', async ({ remote }, tenant, id) => ({
  station: await remote.stationToStop(tenant, id),
}));

@Controller('v1')
export class RemoteControlController {
  constructor(readonly remote: RemoteControl) {}

  @Post('stations/:station/remote-start')
  @Needs('transactions:control', OF_STATION)
  @ApiOperation({ operationId: 'remoteStart', summary: 'Start a transaction, the same in every version of OCPP' })
  @KeyFindsCommand()
  @HttpCode(202)
  @ApiZodResponse(202, commandSchema, 'The command that asks the station')
  @ApiZodBody(remoteStartSchema)
  start(
    @Tenant() tenant: string,
    @StationParam() station: string,
    @CommandId() identity: CommandIdentity,
    @Body(zodBody(remoteStartSchema)) { idToken, evse, limit, paid = false }: z.output<typeof remoteStartSchema>,
  ): Promise<Command> {
    return this.remote.start(
      { tenant, station },
      { idToken, evse: evse ?? null, limit: limit ?? null, paid },
      { ...identity, requestedBy: REQUESTED_BY },
    );
  }

  @Post('transactions/:id/remote-stop')
  @Needs('transactions:control', OF_TARGET)
  @ApiOperation({ operationId: 'remoteStop', summary: 'Stop a transaction, the same in every version of OCPP' })
  @KeyFindsCommand()
  @HttpCode(202)
  @ApiZodResponse(202, commandSchema, 'The command that asks the station')
  async stop(@Tenant() tenant: string, @Param('id') transaction: string, @CommandId() identity: CommandIdentity): Promise<Command> {
    if (!isUuid(transaction)) throw new CsmsError('not-found', 'no such transaction');
    return this.remote.stop(tenant, transaction, { ...identity, requestedBy: REQUESTED_BY });
  }
}
