import { redactText } from '@voltbus/ocpp';
import { z } from 'zod';
import type { DeadLetter } from './dead-letter';

export const deadLetterSchema = z
  .object({
    id: z.uuid().describe('Id of the dead letter'),
    key: z.string().describe('`<tenant>/<station>`'),
    topic: z.string().describe('Topic of the record'),
    partition: z.int().describe('Its partition'),
    offset: z.string().describe('Its offset, a number of 64 bits'),
    consumer: z.string().describe('Consumer group that gave up'),
    handler: z.string().describe('Event type or topic whose handler failed'),
    kind: z
      .string()
      .describe(
        '`poison`: it can never be handled; `defect`: we failed at it; `quarantine`: not tried, because too many of its station failed before',
      ),
    error: z.string().describe('The last error, without secrets'),
    attempts: z.int().describe('How often it was tried'),
    diedAt: z.iso.datetime().describe('When it was given up'),
    replayedAt: z.iso.datetime().nullable().describe('When it was last published again; null: never'),
    value: z.string().describe('As text, without secrets; it is replayed as it was. In a list its first 4,096 bytes'),
    valueBytes: z.int().describe('Bytes of the whole value'),
  })
  .meta({ id: 'DeadLetter', description: 'A record that could not be handled' });
export type ShownDeadLetter = z.output<typeof deadLetterSchema>;

/** The dead letter as the API shows it, without its headers: they are packed for machines. */
export function shown({ tenant: _tenant, headers: _headers, value, ...letter }: DeadLetter & { valueBytes?: number }): ShownDeadLetter {
  return { valueBytes: value.length, ...letter, value: redactText(value.toString('utf8')), error: redactText(letter.error) };
}
