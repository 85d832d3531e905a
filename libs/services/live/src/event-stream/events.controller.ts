import { Controller, Get, Headers, Inject, Query, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation } from '@nestjs/swagger';
import { ApiZodQuery, ApiZodStream, Needs, RequestCaller, zodQuery, type Caller } from '@voltbus/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { EVENT_STREAMS, type EventStreams } from './event-streams';
import { eventSchema } from './event-schema';
import { EVENT_TYPES } from './resource-event';

const querySchema = z.object({
  types: z
    .string()
    .transform((list) => list.split(','))
    .pipe(z.array(z.enum(EVENT_TYPES)))
    .default([...EVENT_TYPES])
    .meta({ type: 'array', items: { type: 'string', enum: EVENT_TYPES }, description: 'Which; all when left out' }),
});
/** Characters of an id; longer than any event's. */
const MAX_ID_LENGTH = 64;

@Controller('v1/events')
export class EventsController {
  constructor(@Inject(EVENT_STREAMS) private readonly streams: EventStreams) {}

  @Get()
  @Needs('read')
  @ApiOperation({
    operationId: 'followEvents',
    summary: 'What happens in the tenant, as it happens (server-sent events)',
    description:
      'Each event has the type of its resource as `event`, its place as `id`, and the JSON of the resource as `data`. A client that comes back with ' +
      '`Last-Event-ID` gets the events it missed, or `gap` where they are no longer buffered.',
  })
  @ApiZodQuery(querySchema)
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'The last id that the client had; browsers send it by themselves' })
  @ApiZodStream(eventSchema, 'A stream without end of server-sent events')
  listen(
    @Query(zodQuery(querySchema)) { types }: z.output<typeof querySchema>,
    @Headers('last-event-id') lastEventId: string | undefined,
    @RequestCaller() caller: Caller,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): void {
    void reply.headers({ 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' });
    if (request.method === 'HEAD') return void reply.send();
    const resumeAfter = lastEventId === undefined || lastEventId === '' ? null : lastEventId.slice(0, MAX_ID_LENGTH);
    void reply.send(this.streams.open(caller, { types: new Set(types), lastEventId: resumeAfter }));
  }
}
