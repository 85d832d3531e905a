import { Controller, Get, Param } from '@nestjs/common';
import { CsmsError } from '@voltbus/contracts';
import { ApiZodResponse, isUuid, Needs, ofItem, Tenant } from '@voltbus/http';
import { RemoteControl } from '../remote-control';
import { remoteStopViewSchema, type RemoteStopView } from './remote-stop';

/** About the remote stop whose command the path names. */
const OF_REMOTE_STOP = ofItem<RemoteStopsController>('remote stop', ({ remote }, tenant, id) => remote.followStop(tenant, id), 'command');

/** Remote stops and what followed, by the command of each. */
@Controller('v1/remote-stops')
export class RemoteStopsController {
  constructor(readonly remote: RemoteControl) {}

  @Get(':command')
  @Needs('transactions:read', OF_REMOTE_STOP)
  @ApiZodResponse(200, remoteStopViewSchema)
  async one(@Tenant() tenant: string, @Param('command') command: string): Promise<RemoteStopView> {
    if (!isUuid(command)) throw new CsmsError('not-found', 'no such remote stop');
    const { askedAt, station, transaction, state, refusal, endedAt } = await this.remote.followStop(tenant, command);
    return { command, station, transaction, askedAt: askedAt.toISOString(), state, refusal, endedAt };
  }
}
