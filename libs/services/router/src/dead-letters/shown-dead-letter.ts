import { redactText } from '@voltbus/ocpp';
import { z } from 'zod';
import type { DeadLetter } from './dead-letter';

export const deadLetterSchema = z
  .object({
    id: z.uuid(),
    key: z.string().describe('`<tenant>/<station>`'),
    topic: z.string(),
    partition: z.int(),
    offset: z.string(),
    consumer: z.string().describe('Consumer group that gave up'),
    handler: z.string(),
    kind: z
      .string()
      .describe(
        '`poison`: it can never be handled; `defect`: we failed at it; `quarantine`: not tried, because too many of its station failed before',
      ),
    error: z.string(),
    attempts: z.int(),
    diedAt: z.iso.datetime(),
    replayedAt: z.iso.datetime().nullable(),
    value: z.string().describe('As text, without secrets; it is replayed as it was. In a list its first 4,096 bytes'),
    valueBytes: z.int(),
  })
  .meta({ id: 'DeadLetter' });
export type ShownDeadLetter = z.output<typeof deadLetterSchema>;

/** The dead letter as the API shows it, without its headers: they are packed for machines. */
export function shown({ tenant: _tenant, headers: _headers, value, ...letter }: DeadLetter & { valueBytes?: number }): ShownDeadLetter {
  return { valueBytes: value.length, ...letter, value: redactText(value.toString('utf8')), error: redactText(letter.error) };
}
