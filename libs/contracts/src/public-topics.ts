import { z } from 'zod';
import type { EventType } from './event-type';
import type { Topic } from './topic';
import { CDRS, COMMAND_RESULTS, CONNECTIONS, TRANSACTIONS } from './topics';

/** One `ce_type` of a topic that other teams read. */
export interface PublicEvent {
  /** `ce_type`. */
  type: string;
  /** When it is published, in a sentence. */
  published: string;
  /** Name of its value's JSON Schema: `docs/reference/schemas/<schema>.json`. */
  schema: string;
  value: z.ZodType;
}

/** A topic that other teams read: additive only within its version. */
export interface PublicTopic {
  topic: Topic;
  about: string;
  events: readonly PublicEvent[];
}

function event({ type, schema: value }: EventType<unknown, string>, schema: string, published: string): PublicEvent {
  return { type, schema, value, published };
}

/** All that is promised to other teams: the source of the JSON Schemas and of the AsyncAPI document. */
export const PUBLIC_TOPICS: readonly PublicTopic[] = [
  {
    topic: CDRS,
    about: 'What ended sessions cost. Never compacted: the key is the station, not the CDR.',
    events: [
      event(CDRS.events.issued, 'cdr', 'A charge was made: by the end of a session, or anew after a credit.'),
      event(CDRS.events.credited, 'cdr', 'An earlier charge was taken back: all its amounts, negative.'),
    ],
  },
  {
    topic: TRANSACTIONS,
    about: 'The course of sessions: facts of the meter, no money.',
    events: [
      event(TRANSACTIONS.events.started, 'transaction', 'A station began a transaction.'),
      event(TRANSACTIONS.events.updated, 'transaction', 'Something about it changed that is worth telling.'),
      event(TRANSACTIONS.events.ended, 'transaction-ended', 'It ended, or late data changed its account.'),
    ],
  },
  {
    topic: CONNECTIONS,
    about: 'Stations that come, go, or are turned away.',
    events: [
      event(CONNECTIONS.events.connected, 'connection', 'A gateway holds the station.'),
      event(CONNECTIONS.events.disconnected, 'connection', 'That connection is over.'),
      event(CONNECTIONS.events.refused, 'connection-refused', 'Somebody was turned away; so many of one address, no more.'),
      event(
        CONNECTIONS.events.protocolMismatch,
        'protocol-mismatch',
        'A station spoke another version than was agreed on; once a connection.',
      ),
    ],
  },
  {
    topic: COMMAND_RESULTS,
    about: 'How commands to stations ended, each once.',
    events: [event(COMMAND_RESULTS.events.ended, 'command', 'A command reached one of its ends.')],
  },
];

/**
 * The JSON Schema (draft 2020-12) of what is on a public topic. `promised` is open, for who reads: fields may be added.
 * `declared` knows every field there is, for who writes: an undeclared field must not be published.
 */
export function publicSchema({ schema, value }: Pick<PublicEvent, 'schema' | 'value'>, strictness: 'promised' | 'declared'): object {
  const generated = z.toJSONSchema(value, {
    target: 'draft-2020-12',
    // of a plain object zod closes the output and leaves the input open
    io: strictness === 'promised' ? 'input' : 'output',
    override: ({ jsonSchema }) => {
      // the format has the same meaning, and more tools read it
      if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
    },
  });
  const { $schema, ...rest } = inPlace(generated);
  return { $schema, $id: `urn:voltbus:schema:${schema}:v1`, title: schema, ...rest };
}

/** A schema with an id is a reference to its definition; the outermost one stands in place. */
function inPlace({ $ref, $defs = {}, ...schema }: z.core.JSONSchema.JSONSchema): z.core.JSONSchema.JSONSchema {
  const name = $ref?.slice('#/$defs/'.length) ?? '';
  const { [name]: outermost, ...others } = $defs;
  return { ...schema, ...outermost, ...(Object.keys(others).length === 0 ? {} : { $defs: others }) };
}
