import { instant } from '@voltbus/http';
import { z } from 'zod';
import { ATTEMPT_ERRORS, DEATH_REASONS, DELIVERY_STATES } from '../domain/delivery';
import { MAX_EXCERPT_LENGTH, MAX_KEPT_ATTEMPTS, MAX_REPLAYED } from '../domain/delivery-limits';

const attemptSchema = z
  .object({
    at: z.iso.datetime(),
    durationMs: z.int().min(0).describe('How long it took, milliseconds'),
    status: z.int().nullable().describe('HTTP status; null: there was no answer'),
    error: z.enum(ATTEMPT_ERRORS).nullable().describe('Null: it was delivered'),
    detail: z
      .string()
      .nullable()
      .describe(`What went wrong, or the beginning of the answer (${MAX_EXCERPT_LENGTH} characters); secrets are redacted`),
  })
  .meta({ id: 'WebhookAttempt', description: 'One request to a webhook' });

export const listedDeliverySchema = z
  .object({
    id: z.guid().describe('The `webhook-id` of every attempt'),
    station: z.string().nullable().describe('Null: a test'),
    eventId: z.string().describe('`id` of the CloudEvent'),
    eventType: z.string().describe('`type` of the CloudEvent'),
    eventTime: z.iso.datetime().describe('`time` of the CloudEvent'),
    bytes: z.int().min(0).describe('Length of the body'),
    state: z.enum(DELIVERY_STATES),
    reason: z.enum(DEATH_REASONS).nullable().describe('Why it is dead'),
    attempts: z.array(attemptSchema).describe(`The latest ${MAX_KEPT_ATTEMPTS}, the oldest first`),
    replays: z.int().min(0).describe('How often it was replayed'),
    createdAt: z.iso.datetime(),
    endedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'WebhookDelivery', description: 'An event for a webhook, and what became of it' });

export const deliverySchema = listedDeliverySchema
  .extend({ body: z.string().nullable().describe('As it is posted; null where it is too large') })
  .meta({ id: 'WebhookDeliveryWithBody', description: 'A delivery with what is posted' });

/** `POST /v1/webhooks/{webhook}/replay`. */
export const replaySchema = z
  .strictObject({
    from: instant.describe('Dead letters made since then'),
    to: instant.describe('and before then'),
  })
  .refine(({ from, to }) => from < to, { error: 'must be later than `from`', path: ['to'] })
  .meta({ id: 'WebhookReplay', description: 'Which dead letters are sent once more' });

export const replayedSchema = z
  .object({
    replayed: z.int().min(0).max(MAX_REPLAYED).describe('The oldest ones come first'),
    more: z.boolean().describe('There may be others: send the request again'),
  })
  .meta({ id: 'WebhookReplayed', description: 'How many dead letters are sent once more' });
