import { PUBLIC_TOPICS } from '@voltbus/contracts';
import { text, type Resource } from '@voltbus/http';
import { z } from 'zod';
import { MAX_URL_LENGTH } from '../../target/target-rules';
import { MAX_DESCRIPTION_LENGTH, OVERLAP_SECONDS, WEBHOOK_NAME, statusOf, type Webhook } from '../domain/webhook';

/** Every event of the public topics. */
const EVENT_TYPES = PUBLIC_TOPICS.flatMap(({ events }) => events.map(({ type }) => type));

const terms = {
  url: text.min(1).max(MAX_URL_LENGTH).describe('`https://`, a public address, one of the allowed ports; redirects are not followed'),
  events: z
    .array(z.enum(EVENT_TYPES as [string, ...string[]])) // there are public events
    .min(1)
    .refine((types) => new Set(types).size === types.length, 'names a type twice')
    .describe('Types of the events that it is sent, from the moment on that it names them'),
  description: text.max(MAX_DESCRIPTION_LENGTH).describe('What it is for'),
  enabled: z.boolean().describe('False: nothing new is recorded for it, and what waits goes on waiting'),
};

export const webhookSchema = z
  .object({
    webhook: z.string().describe('Name of the webhook'),
    ...terms,
    status: z.enum(['active', 'failing', 'disabled']).describe('`failing`: its last attempt failed'),
    failingSince: z.iso
      .datetime()
      .nullable()
      .describe('Since the first attempt that failed after the last success; null: it does not fail'),
    disabledReason: z
      .enum(['operator', 'failing', 'gone'])
      .nullable()
      .describe('`failing`: no success for five days. `gone`: it answered 410. Enable it again by `enabled: true`'),
    disabledAt: z.iso.datetime().nullable().describe('When it was disabled; null: it is not'),
    secretIssuedAt: z.iso.datetime().describe('When its secret was made'),
    previousSecretUntil: z.iso.datetime().nullable().describe('Until then the secret before signs too'),
    pending: z.int().min(0).describe('Deliveries that wait'),
    dropped: z.int().min(0).describe('Events that were not recorded for it, because too many deliveries waited: read them from the API'),
    lastDroppedAt: z.iso.datetime().nullable().describe('When an event was dropped last; null: never'),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime().describe('When its terms were set last'),
  })
  .meta({ id: 'Webhook', description: 'Where a tenant wants events posted, and how that does' });

export const changedWebhookSchema = webhookSchema
  .extend({ secret: z.string().optional().describe('`whsec_...`, shown this once: where it was made, or rotated') })
  .meta({ id: 'ChangedWebhook', description: 'A webhook after a change, with the secret where one was made' });

/** `PUT /v1/webhooks/{webhook}`. */
const putWebhookSchema = z
  .strictObject({
    webhook: z.string().optional().describe('May repeat the path, which counts'),
    ...terms,
    description: terms.description.default('').describe('What it is for. Default: empty'),
    enabled: terms.enabled.default(true).describe('False: nothing new is recorded for it, and what waits goes on waiting. Default: true'),
  })
  .meta({ id: 'WebhookPut', description: 'A webhook, whole' });

export const webhookResource: Resource<typeof putWebhookSchema, Webhook> = {
  noun: 'webhook',
  schema: putWebhookSchema,
  guarded: ['enabled'],
  identity: { member: 'webhook' },
  writtenAs: ({ url, events, description, enabled }) => ({ url, events: [...events], description, enabled }),
  secretOf: ({ id, secretIssuedAt }) => `${id} ${secretIssuedAt.toISOString()}`,
};

/** `POST /v1/webhooks/{webhook}/rotate-secret`. */
export const rotateSecretSchema = z
  .strictObject({
    overlapSeconds: z
      .int()
      .min(0)
      .max(OVERLAP_SECONDS.most)
      .default(OVERLAP_SECONDS.usual)
      .describe('How long the secret before goes on signing too; 0 where it has leaked'),
  })
  .meta({ id: 'WebhookSecretRotation', description: 'How the secret before ends' });

export const webhookNameSchema = z.string().regex(WEBHOOK_NAME, 'is no name of a webhook: 1 to 100 letters, digits, and _ . : -');

export function webhookView(webhook: Webhook, pending: number): z.output<typeof webhookSchema> {
  const { id: _id, tenant: _tenant, ...shown } = webhook;
  const iso = (at: Date | null): string | null => at?.toISOString() ?? null;
  return {
    ...shown,
    events: [...shown.events],
    status: statusOf(webhook),
    failingSince: iso(shown.failingSince),
    disabledAt: iso(shown.disabledAt),
    secretIssuedAt: shown.secretIssuedAt.toISOString(),
    previousSecretUntil: iso(shown.previousSecretUntil),
    pending,
    lastDroppedAt: iso(shown.lastDroppedAt),
    createdAt: shown.createdAt.toISOString(),
    updatedAt: shown.updatedAt.toISOString(),
  };
}
