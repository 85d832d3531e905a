import { cdrSchema, commandSchema, reservationSchema, transactionSchema } from '@voltbus/contracts';
import { schemaNamed } from '@voltbus/http';
import { z } from 'zod';
import { EVENT_TYPES, type EventType } from './resource-event';

const gapSchema = z.object({ reason: z.string().describe('For a person') }).meta({ id: 'Gap', description: 'Events are missing' });

const mapping = Object.fromEntries([...EVENT_TYPES, 'gap' as const].map((event) => [event, `#/components/schemas/${idOf(event)}`]));

/** An event of the stream as a client has read it: its three fields, of which `data` is JSON. */
export const eventSchema = z
  .discriminatedUnion('event', [
    eventOf('station', schemaNamed('Station'), 'A station was made or changed'),
    eventOf('transaction', transactionSchema, 'A transaction began, changed or ended'),
    eventOf('cdr', cdrSchema, 'A CDR was issued'),
    eventOf('command', commandSchema, 'A command began or ended'),
    eventOf('reservation', reservationSchema, 'A reservation was requested, or its state changed'),
    eventOf('gap', gapSchema, 'Events are missing here: read again what you show'),
  ])
  .meta({
    id: 'Event',
    discriminator: { propertyName: 'event', mapping },
    description: 'One event of the stream: its fields `event`, `id` and `data`, the last as JSON',
  });

function eventOf<D extends z.ZodType>(event: EventType | 'gap', data: D, description: string) {
  return z
    .object({
      event: z.literal(event).describe('The type of the event'),
      id: z.string().describe('Its place, for `Last-Event-ID`'),
      data: data.describe('The resource, as `GET` of it shows it'),
    })
    .meta({ id: idOf(event), description });
}

function idOf(event: string): string {
  return `${event.charAt(0).toUpperCase()}${event.slice(1)}Event`;
}
