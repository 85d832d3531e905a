import { Body, Controller, Inject, Post } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import {
  ApiZodBody,
  ApiZodResponse,
  Audited,
  Needs,
  OF_STREAM,
  RequestCaller,
  TicketSeal,
  ticketMakerOf,
  zodBody,
  type Caller,
} from '@voltbus/http';
import { z } from 'zod';
import { checkTypes, typesFor } from '../event-stream/event-rights';
import { EVENT_TYPES } from '../event-stream/resource-event';

export const TICKETS = Symbol('tickets');

const wantedSchema = z
  .strictObject({
    types: z
      .array(z.enum(EVENT_TYPES))
      .min(1)
      .max(EVENT_TYPES.length)
      .optional()
      .describe('Of the events that the stream may have. Left out: all that the caller may see'),
  })
  .meta({ id: 'EventTicketPost', description: 'What a ticket is wanted for' });
const ticketSchema = z
  .object({
    ticket: z.string().describe('For `GET /v1/events?ticket=`. It stands in a URL: make it for one page, and keep it nowhere'),
    types: z.array(z.enum(EVENT_TYPES)).describe('Of the events that the stream may have'),
    expiresAt: z.iso.datetime().describe('Until then the stream must be opened. Afterwards its client may come back for twelve hours'),
  })
  .meta({ id: 'EventTicket', description: 'Opens one event stream of a client that can send no key' });
type EventTicket = z.output<typeof ticketSchema>;

/** Tickets for event streams of clients that can send no key, which is what a browser's `EventSource` is. */
@Controller('v1/event-tickets')
export class EventTicketsController {
  constructor(@Inject(TICKETS) private readonly tickets: TicketSeal) {}

  @Post()
  @Needs('events:read', OF_STREAM)
  @Audited({ after: ({ ticket: _ticket, ...shown }: EventTicket) => shown })
  @ApiOperation({
    operationId: 'createEventTicket',
    summary: 'Make a ticket for the event stream of a browser',
    description:
      'A ticket opens one event stream of the tenant, once and within a minute, and reopens it for a client that lost the connection and comes ' +
      'back with `Last-Event-ID`. It ends with the key, access token or session that made it.',
  })
  @ApiZodBody(wantedSchema)
  @ApiZodResponse(201, ticketSchema)
  make(
    @Body(zodBody(wantedSchema.prefault({}))) { types: wanted }: z.output<typeof wantedSchema>,
    @RequestCaller() caller: Caller,
  ): EventTicket {
    const { tenant } = caller;
    checkTypes(wanted ?? [], caller);
    const types = wanted ?? typesFor(caller);
    const { ticket, expiresAt } = this.tickets.make({ tenant, maker: ticketMakerOf(caller), types }, new Date());
    return { ticket, types, expiresAt: expiresAt.toISOString() };
  }
}
