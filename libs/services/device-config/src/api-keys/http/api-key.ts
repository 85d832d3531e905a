import { MAX_STATION_GROUP_LENGTH } from '@voltbus/contracts';
import { ROLES, SCOPES, TENANT_ROLES, instant, text } from '@voltbus/http';
import { z } from 'zod';
import type { StoredApiKey } from '../store/typeorm-api-keys';

const scopeSchema = z.enum(SCOPES).meta({
  id: 'Scope',
  description: 'What a key may do: `read` looks, `operate` acts on stations and tokens, `admin` sets up and decides about money',
});
const roleSchema = z.enum(TENANT_ROLES).meta({
  id: 'Role',
  description: `What a key or a person may do. ${TENANT_ROLES.map((role) => `\`${role}\`: ${ROLES[role]}`).join('. ')}`,
});

/** Station groups that one key names. */
const MAX_STATION_GROUPS = 50;

export const apiKeySchema = z
  .object({
    id: z.string().describe('Of the key; not secret: it is in the key and in logs'),
    name: z.string(),
    role: roleSchema.nullable().describe('Null: it has scopes'),
    scopes: z.array(scopeSchema).describe('Empty where it has a role'),
    stationGroups: z.array(z.string()).nullable().describe('The station groups that it is limited to; null: it is of the whole tenant'),
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
    role: roleSchema.optional().describe('What it may do; or `scopes`'),
    scopes: z
      .array(scopeSchema)
      .min(1)
      .refine((scopes) => new Set(scopes).size === scopes.length, 'names a scope twice')
      .meta({ uniqueItems: true })
      .optional()
      .describe('What it may do, in the place of a role. No scope includes another'),
    stationGroups: z
      .array(text.min(1).max(MAX_STATION_GROUP_LENGTH))
      .min(1)
      .max(MAX_STATION_GROUPS)
      .nullable()
      .default(null)
      .describe('Limits it to the stations of these groups, without regard to case. Null, the default: the whole tenant'),
    expiresAt: instant
      .nullable()
      .default(null)
      .transform((at) => (at === null ? null : new Date(at)))
      .describe('Null: never, or with the key that makes it'),
  })
  .refine(({ role, scopes }) => (role === undefined) !== (scopes === undefined), 'has either a role or scopes')
  .transform(({ role = null, scopes = [], ...wanted }) => ({ ...wanted, role, scopes }))
  .meta({ id: 'ApiKeyPost', description: 'A key to be made, with a role or with scopes. Nobody gives a right that they lack' });

export function apiKeyView({
  id,
  name,
  role,
  scopes,
  stationGroups,
  createdAt,
  expiresAt,
  lastUsedAt,
  createdBy,
}: StoredApiKey): z.output<typeof apiKeySchema> {
  return {
    id,
    name,
    role,
    scopes,
    stationGroups,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    createdBy: createdBy ?? 'administrator',
  };
}
