import { Controller, Get, Headers, Inject, Query, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ApiZodQuery } from '../openapi';
import { Needs } from '../access';
import type { CallerRequest } from '../tenant';
import { zodQuery } from '../zod.pipes';
import { EVENT_DESK, type EventDesk } from './event-desk';
import { EVENT_TYPES } from './resource-event';

const querySchema = z.object({
  types: z
    .string()
    .transform((list) => list.split(','))
    .pipe(z.array(z.enum(EVENT_TYPES)))
    .default([...EVENT_TYPES])
    .describe(`Which, comma separated, of ${EVENT_TYPES.join(', ')}; all when left out`),
});
/** Longer than any that we give. */
const MAX_ID_LENGTH = 64;

@Controller('v1/events')
export class EventsController {
  constructor(@Inject(EVENT_DESK) private readonly desk: EventDesk) {}

  @Get()
  @Needs('read')
  @ApiOperation({
    summary: 'What happens in the tenant, as it happens (server-sent events)',
    description:
      'Each event has the type of its resource as `event`, its place as `id`, and the JSON of the resource as `data`. A client that comes back with ' +
      '`Last-Event-ID` is told what it missed, or `gap` where that is not known any more.',
  })
  @ApiZodQuery(querySchema)
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'The last id that the client had; browsers send it by themselves' })
  @ApiResponse({ status: 200, description: 'A stream without end', content: { 'text/event-stream': { schema: { type: 'string' } } } })
  async listen(
    @Query(zodQuery(querySchema)) { types }: z.output<typeof querySchema>,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() request: FastifyRequest & CallerRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { caller } = request;
    if (caller === undefined) throw new Error('a stream was asked for where nobody has to say who they are');
    await caller.mustHaveTenant();
    void reply.headers({ 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' });
    if (request.method === 'HEAD') return void reply.send();
    const had = lastEventId === undefined || lastEventId === '' ? null : lastEventId.slice(0, MAX_ID_LENGTH);
    void reply.send(this.desk.listen(caller, { types: new Set(types), lastEventId: had }));
  }
}
