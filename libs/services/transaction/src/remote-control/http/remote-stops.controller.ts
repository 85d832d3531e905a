import { Controller, Get, Inject, Param } from '@nestjs/common';
import { CsmsError } from '@voltbus/contracts';
import { ApiZodResponse, Tenant, isUuid } from '@voltbus/http';
import type { RemoteControl } from '../remote-control';
import { REMOTE_CONTROL } from '../../http/injection';
import { remoteStopViewSchema, type RemoteStopView } from './remote-stop';

/** What became of remote stops, by the command that carries each. */
@Controller('v1/remote-stops')
export class RemoteStopsController {
  constructor(@Inject(REMOTE_CONTROL) private readonly remote: RemoteControl) {}

  @Get(':command')
  @ApiZodResponse(200, remoteStopViewSchema)
  async one(@Tenant() tenant: string, @Param('command') command: string): Promise<RemoteStopView> {
    if (!isUuid(command)) throw new CsmsError('not-found', 'no such remote stop');
    const { askedAt, station, transaction, state, refusal, endedAt } = await this.remote.followStop(tenant, command);
    return { command, station, transaction, askedAt: askedAt.toISOString(), state, refusal, endedAt };
  }
}
