import type { z } from 'zod';
import type { EventType } from './event-type';
import type { Topic } from './topic';
import { CDRS, COMMAND_RESULTS, CONNECTIONS, DEVICE_EVENTS, SECURITY_EVENTS, TRANSACTIONS } from './topics';

/** One `ce_type` of a topic that other teams read. */
export interface PublicEvent {
  /** `ce_type`. */
  type: string;
  /** When it is published, in a sentence. */
  published: string;
  /** Name of its value's JSON Schema: `/schemas/<schema>/v1.json` of the API, `docs/reference/schemas/<schema>.json` here. */
  schema: string;
  value: z.ZodType;
}

/** A topic that other teams read: additive only within its version. */
export interface PublicTopic {
  topic: Topic;
  about: string;
  events: readonly PublicEvent[];
}

function event({ type, schema: value, schemaName }: EventType<unknown, string>, published: string): PublicEvent {
  if (schemaName === undefined) throw new Error(`the public event ${type} names no schema`);
  return { type, schema: schemaName, value, published };
}

/** All that is promised to other teams: the source of the JSON Schemas and of the AsyncAPI document. */
export const PUBLIC_TOPICS: readonly PublicTopic[] = [
  {
    topic: CDRS,
    about: 'What ended sessions cost. Never compacted: the key is the station, not the CDR.',
    events: [
      event(CDRS.events.issued, 'A charge was made: by the end of a session, or anew after a credit.'),
      event(CDRS.events.credited, 'An earlier charge was taken back: all its amounts, negative.'),
    ],
  },
  {
    topic: TRANSACTIONS,
    about: 'The course of sessions, and of the reservations for them: facts of the meter, no money.',
    events: [
      event(TRANSACTIONS.events.started, 'A station began a transaction.'),
      event(TRANSACTIONS.events.updated, 'Something about it changed that is worth telling.'),
      event(TRANSACTIONS.events.ended, 'It ended, or late data changed its account.'),
      event(TRANSACTIONS.events.reservationChanged, 'A reservation was requested, or its state changed.'),
    ],
  },
  {
    topic: CONNECTIONS,
    about: 'Stations that come, go, or are turned away.',
    events: [
      event(CONNECTIONS.events.connected, 'A gateway holds the station.'),
      event(CONNECTIONS.events.disconnected, 'That connection is over.'),
      event(CONNECTIONS.events.refused, 'Somebody was turned away; so many of one address, no more.'),
      event(CONNECTIONS.events.protocolMismatch, 'A station spoke another version than was agreed on; once a connection.'),
    ],
  },
  {
    topic: COMMAND_RESULTS,
    about: 'How commands to stations ended, each once.',
    events: [event(COMMAND_RESULTS.events.ended, 'A command reached one of its ends.')],
  },
  {
    topic: SECURITY_EVENTS,
    about: 'What endangers the security of stations.',
    events: [event(SECURITY_EVENTS.events.recorded, 'A station reported it, or the CSMS saw it: of a type that it sees, once an hour.')],
  },
  {
    topic: DEVICE_EVENTS,
    about: 'What stations tell of their components: events of monitors, faults and error codes, and the alerts that they raise and clear.',
    events: [
      event(DEVICE_EVENTS.events.recorded, 'A station told of a variable, or of an error code of 1.6.'),
      event(DEVICE_EVENTS.events.raised, 'Something is wrong with a component that was right before.'),
      event(DEVICE_EVENTS.events.cleared, 'It is right again.'),
    ],
  },
];
