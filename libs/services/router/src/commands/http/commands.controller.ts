import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { CsmsError, commandEnded, commandSchema, type Command } from '@voltbus/contracts';
import {
  ApiList,
  ApiZodBody,
  ApiZodResponse,
  CommandId,
  faultyRequest,
  isUuid,
  KeyFindsCommand,
  Needs,
  OF_STATION,
  OF_STATIONS,
  STATION_MESSAGE_LIMITS,
  Tenant,
  zodBody,
  zodQuery,
  type CommandIdentity,
  type ListPage,
  type StationMessageLimits,
  StationParam,
} from '@voltbus/http';
import { COMMAND_SENDER, type CommandSender } from '@voltbus/service';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { Cancellations } from '../cancellations';
import { TypeormCommands } from '../store/typeorm-commands';
import { OF_COMMAND, neededForAction } from './command-rights';
import { commandBodySchema, type CommandBody } from './command';
import { commandList } from './command-list';

/** The requester of the commands of this API. */
const REQUESTED_BY = 'api';

@Controller('v1')
export class CommandsController {
  constructor(
    @Inject(COMMAND_SENDER) private readonly commandSender: CommandSender,
    private readonly cancellations: Cancellations,
    readonly commands: TypeormCommands,
    @Inject(STATION_MESSAGE_LIMITS) private readonly limits: StationMessageLimits,
  ) {}

  @Post('stations/:station/commands')
  @Needs('commands:send', OF_STATION, { also: neededForAction })
  @ApiOperation({ operationId: 'sendCommand', summary: 'Ask something of a station' })
  @KeyFindsCommand()
  @ApiZodBody(commandBodySchema)
  @ApiZodResponse(200, commandSchema, 'It ended while the caller waited')
  @ApiZodResponse(202, commandSchema, 'Stored; `GET /v1/commands/{id}` tells its outcome')
  async post(
    @Tenant() tenant: string,
    @StationParam() station: string,
    @Body(zodBody(commandBodySchema)) { action, payload, wait, ttl, priority }: CommandBody,
    @CommandId() identity: CommandIdentity,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Command> {
    const fault = await this.limits.faultIn({ tenant, station }, action, payload);
    if (fault !== null) throw faultyRequest('invalid', [{ ...fault, path: `/payload${fault.path}` }]);
    const command = await this.commandSender.sendCommand({
      ...identity,
      ref: { tenant, station },
      action,
      payload,
      priority,
      waitSeconds: wait,
      ttlSeconds: ttl,
      requestedBy: REQUESTED_BY,
    });
    reply.status(wait > 0 && commandEnded(command.status) ? 200 : 202);
    return command;
  }

  @Get('commands')
  @Needs('commands:read', OF_STATIONS)
  @ApiList(commandList)
  list(
    @Tenant() tenant: string,
    @Query(zodQuery(commandList.query)) query: z.output<typeof commandList.query>,
  ): Promise<ListPage<Command>> {
    return commandList.page(query, this.commands.list(tenant));
  }

  @Get('commands/:id')
  @Needs('commands:read', OF_COMMAND)
  @ApiZodResponse(200, commandSchema)
  async one(@Tenant() tenant: string, @Param('id') id: string): Promise<Command> {
    const command = isUuid(id) ? await this.commands.find(tenant, id) : null;
    if (command === null) throw new CsmsError('not-found', 'no such command');
    return command;
  }

  @Post('commands/:id/cancel')
  @Needs('commands:send', OF_COMMAND)
  @ApiOperation({ summary: 'Take a command back' })
  @HttpCode(200)
  @ApiZodResponse(
    200,
    commandSchema,
    'It ended `cancelled`, now or before. 409 `too-late`: it has another end, or may be on the socket already',
  )
  async cancel(@Tenant() tenant: string, @Param('id') id: string): Promise<Command> {
    if (!isUuid(id)) throw new CsmsError('not-found', 'no such command');
    return this.cancellations.cancel(tenant, id);
  }
}
