import { CsmsError } from '@voltbus/contracts';
import { Controller, Get, Headers, Inject, Query, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation } from '@nestjs/swagger';
import {
  ApiZodQuery,
  ApiZodStream,
  Needs,
  OF_STREAM,
  oneOf,
  RequestCaller,
  TakesTicket,
  TICKET_USES,
  zodQuery,
  type Caller,
  type TicketUses,
} from '@voltbus/http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { EVENT_STREAMS, type EventStreams } from './event-streams';
import { eventSchema } from './event-schema';
import { checkTypes, typesFor } from './event-rights';
import { EVENT_TYPES, type EventType } from './resource-event';

const querySchema = z.object({
  types: oneOf(EVENT_TYPES).optional().describe('Which; all when left out, or all that the ticket allows'),
  ticket: z.string().optional().describe('From `POST /v1/event-tickets`, in the place of a key: for clients that can send no headers'),
  lastEventId: z
    .string()
    .optional()
    .describe(
      'In the place of `Last-Event-ID`, where a client begins anew: a page with another ticket. The header counts where both are there',
    ),
});
/** Characters of an id; longer than any event's. */
const MAX_ID_LENGTH = 64;

@Controller('v1/events')
export class EventsController {
  constructor(
    @Inject(EVENT_STREAMS) private readonly streams: EventStreams,
    @Inject(TICKET_USES) private readonly ticketUses: TicketUses,
  ) {}

  @Get()
  @Needs('events:read', OF_STREAM)
  @TakesTicket()
  @ApiOperation({
    operationId: 'followEvents',
    summary: 'What happens in the tenant, as it happens (server-sent events)',
    description:
      'Each event has the type of its resource as `event`, its place as `id`, and the JSON of the resource as `data`. A client that comes back with ' +
      '`Last-Event-ID` gets the events it missed, or `gap` where they are no longer buffered. A transaction comes without `cost` and `cdrs`: ' +
      'events of its CDRs tell those.',
  })
  @ApiZodQuery(querySchema)
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'The last id that the client had; browsers send it by themselves' })
  @ApiZodStream(eventSchema, 'A stream without end of server-sent events')
  async listen(
    @Query(zodQuery(querySchema)) query: z.output<typeof querySchema>,
    @Headers('last-event-id') shownId: string | undefined,
    @RequestCaller() caller: Caller,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const types = typesOf(query.types, caller);
    void reply.headers({ 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' });
    if (request.method === 'HEAD') return void reply.send();
    await this.useTicket(caller);
    const lastEventId = (shownId || query.lastEventId || null)?.slice(0, MAX_ID_LENGTH) ?? null;
    void reply.send(await this.streams.open(caller, { types, lastEventId }));
  }

  /** Throws `unauthorized` where the ticket of the request has opened a stream before; one whose client comes back may be shown again. */
  private async useTicket({ ticket }: Caller): Promise<void> {
    if (ticket === undefined || ticket.reopens || (await this.ticketUses.claim(ticket.id))) return;
    throw new CsmsError('unauthorized', 'the ticket has opened a stream already: fetch another');
  }
}

/** Throws `forbidden` where the request names a type that its caller may not see, or that its ticket was not made for. */
function typesOf(wanted: readonly EventType[] | undefined, caller: Caller): ReadonlySet<EventType> {
  const { ticket } = caller;
  checkTypes(wanted ?? [], caller);
  const allowed = typesFor(caller).filter((type) => ticket?.types.includes(type) !== false);
  const beyond = wanted?.filter((type) => !allowed.includes(type)) ?? [];
  if (beyond.length > 0) throw new CsmsError('forbidden', `the ticket was made for ${allowed.join(', ')}, not for ${beyond.join(', ')}`);
  return new Set(wanted ?? allowed);
}
