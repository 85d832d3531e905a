import { Controller, Get, Param } from '@nestjs/common';
import { CsmsError } from '@voltbus/contracts';
import { ApiZodResponse, isUuid, Needs, ofItem, Tenant } from '@voltbus/http';
import { RemoteControl } from '../remote-control';
import { remoteStartViewSchema, type RemoteStartView } from './remote-start';

/** About the remote start whose command the path names. */
const OF_REMOTE_START = ofItem<RemoteStartsController>('remote start', ({ remote }, tenant, id) => remote.follow(tenant, id), 'command');

/** Remote starts and what followed, by the command of each. */
@Controller('v1/remote-starts')
export class RemoteStartsController {
  constructor(readonly remote: RemoteControl) {}

  @Get(':command')
  @Needs('transactions:read', OF_REMOTE_START)
  @ApiZodResponse(200, remoteStartViewSchema)
  async one(@Tenant() tenant: string, @Param('command') command: string): Promise<RemoteStartView> {
    if (!isUuid(command)) throw new CsmsError('not-found', 'no such remote start');
    const { askedAt, ...start } = await this.remote.follow(tenant, command);
    const { station, idToken, evse, state, refusal, transaction } = start;
    return { command, station, idToken, evse, askedAt: askedAt.toISOString(), state, refusal, transaction };
  }
}
