import { SCOPES, instant, text } from '@voltbus/http';
import { z } from 'zod';
import type { StoredApiKey } from '../store/typeorm-api-keys';

const scopeSchema = z.enum(SCOPES).meta({
  id: 'Scope',
  description: 'What a key may do: `read` looks, `operate` acts on stations and tokens, `admin` sets up and decides about money',
});

export const apiKeySchema = z
  .object({
    id: z.string().describe('Of the key; not secret: it is in the key and in logs'),
    name: z.string(),
    scopes: z.array(scopeSchema),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime().nullable(),
    lastUsedAt: z.iso.datetime().nullable().describe('To about a minute'),
    createdBy: z.string().describe('Id of the key that made it, with which it ends; or `administrator`'),
  })
  .meta({ id: 'ApiKey', description: 'A key of a tenant, without the key itself' });

export const createdApiKeySchema = apiKeySchema
  .extend({
    key: z.string().describe('Shown this once and kept nowhere: `Authorization: Bearer <key>`'),
  })
  .meta({ id: 'CreatedApiKey', description: 'A key that was just made: the only answer that shows it' });

/** `POST /v1/api-keys`. */
export const postApiKeySchema = z
  .strictObject({
    name: text.min(1).max(100).describe('Its user, so that an operator knows later which key to revoke'),
    scopes: z
      .array(scopeSchema)
      .min(1)
      .refine((scopes) => new Set(scopes).size === scopes.length, 'names a scope twice')
      .meta({ uniqueItems: true })
      .describe('What it may do. No scope includes another; a key gives none that it has not'),
    expiresAt: instant
      .nullable()
      .default(null)
      .transform((at) => (at === null ? null : new Date(at)))
      .describe('Null: never, or with the key that makes it'),
  })
  .meta({ id: 'ApiKeyPost', description: 'A key to be made' });

export function apiKeyView({ id, name, scopes, createdAt, expiresAt, lastUsedAt, createdBy }: StoredApiKey): z.output<typeof apiKeySchema> {
  return {
    id,
    name,
    scopes,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    createdBy: createdBy ?? 'administrator',
  };
}
