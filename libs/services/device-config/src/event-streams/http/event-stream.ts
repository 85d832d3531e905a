import { defineList, instant, trueOrFalse } from '@voltbus/http';
import { z } from 'zod';
import { MAX_INTERVAL, MAX_VALUES, MONITOR_RESULTS } from '../../monitoring';
import type { StoredStream, StoredValue } from '../store/typeorm-event-streams';

const wait = z.int().min(1).max(60).default(30).describe('Seconds to wait for the answer of the station');

export const streamSchema = z
  .object({
    id: z.int().describe('As the station numbers it'),
    monitor: z.int().describe('Monitor whose values it has, as the station numbers it'),
    intervalSeconds: z.int().nullable().describe('Seconds after which values are sent; null: not by time'),
    values: z.int().nullable().describe('Values after which they are sent; null: not by number'),
    openedAt: z.iso.datetime().describe('When the station opened it'),
    closedAt: z.iso.datetime().nullable().describe('When it was closed; null: it is open'),
    lastAt: z.iso.datetime().nullable().describe('When values last came; null: none have'),
    pending: z
      .int()
      .nullable()
      .describe('Values that the station had still to send, when they last came: where that grows, adjust the stream'),
    received: z.int().describe('Values that have come'),
    notKept: z.int().describe('Of these, such as were not kept: too many, of times that cannot be believed, or of an instant that has one'),
  })
  .meta({ id: 'EventStream', description: 'A stream of values of a station (2.1)' });

const valueSchema = z
  .object({
    at: z.iso.datetime().describe('When the station read it'),
    value: z.string().describe('As the station wrote it'),
    receivedAt: z.iso.datetime(),
  })
  .meta({ id: 'EventStreamValue', description: 'A value of an event stream' });

/** `GET /v1/stations/{station}/event-streams`. */
export const streamList = defineList({
  item: streamSchema,
  keys: ['id'],
  filters: {
    open: trueOrFalse.optional().describe('Whether they are open'),
  },
  sorts: ['id'],
  defaultSort: 'id',
});

/** `GET /v1/stations/{station}/event-streams/{id}/values`. */
export const valueList = defineList({
  item: valueSchema,
  keys: ['at'],
  filters: { from: instant.optional().describe('Read then or later'), to: instant.optional().describe('Read before') },
  sorts: ['at'],
  defaultSort: '-at',
});

/** `PATCH /v1/stations/{station}/event-streams/{id}`. */
export const adjustStreamSchema = z
  .strictObject({
    intervalSeconds: z
      .int()
      .min(0)
      .max(MAX_INTERVAL)
      .nullable()
      .default(null)
      .describe('Seconds after which values are sent; null: not by time'),
    values: z.int().min(1).max(MAX_VALUES).nullable().default(null).describe('Values after which they are sent; null: not by number'),
    wait,
  })
  .refine(({ intervalSeconds, values }) => intervalSeconds !== null || values !== null, 'changes nothing: give intervalSeconds or values')
  .meta({ id: 'EventStreamAdjustment', description: 'How often the values of a stream shall be sent (N12)' });

export const waitSchema = z.strictObject({ wait }).meta({ id: 'EventStreamWait', description: 'How long to wait for the station' });

const resultSchema = z.enum(MONITOR_RESULTS).describe('What the station answered, or what became of the command');
export const streamResultSchema = z
  .object({ result: resultSchema, stream: streamSchema.describe('As it is now known') })
  .meta({ id: 'EventStreamResult', description: 'What came of a change of an event stream' });
export const refreshedSchema = z
  .object({ result: resultSchema })
  .meta({ id: 'EventStreamsRefreshed', description: 'What came of a request for the streams' });

export function streamView(stream: StoredStream): z.output<typeof streamSchema> {
  const { openedAt, closedAt, lastAt, ...rest } = stream;
  return { ...rest, openedAt: openedAt.toISOString(), closedAt: closedAt?.toISOString() ?? null, lastAt: lastAt?.toISOString() ?? null };
}

export function valueView({ at, value, receivedAt }: StoredValue): z.output<typeof valueSchema> {
  return { at: at.toISOString(), value, receivedAt: receivedAt.toISOString() };
}
