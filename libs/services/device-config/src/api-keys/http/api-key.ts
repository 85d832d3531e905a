import { MAX_CALLER_STATION_GROUPS, MAX_STATION_GROUP_LENGTH } from '@voltbus/contracts';
import { ROLES, SCOPES, TENANT_ROLES, instant, text } from '@voltbus/http';
import { canonicalRange } from '@voltbus/runtime';
import { z } from 'zod';
import { OVERLAP_SECONDS } from '../domain/api-key';
import type { StoredApiKey } from '../store/typeorm-api-keys';

const scopeSchema = z.enum(SCOPES).meta({
  id: 'Scope',
  description: 'What a key may do: `read` looks, `operate` acts on stations and tokens, `admin` sets up and decides about money',
});
const roleSchema = z.enum(TENANT_ROLES).meta({
  id: 'Role',
  description: `What a key or a person may do. ${TENANT_ROLES.map((role) => `\`${role}\`: ${ROLES[role]}`).join('. ')}`,
});

/** Ranges of addresses of one key, and the characters of one. */
const MAX_ADDRESSES = 50;
const MAX_ADDRESS_LENGTH = 64;

const addressesSchema = z
  .array(text.min(1).max(MAX_ADDRESS_LENGTH))
  .min(1)
  .max(MAX_ADDRESSES)
  .superRefine((ranges, { addIssue }) => {
    for (const [index, range] of ranges.entries())
      if (canonicalRange(range) === null)
        addIssue({
          code: 'custom',
          path: [index],
          message: 'must be an IP address or a range of them, such as 192.0.2.0/24 or 2001:db8::/32',
        });
  })
  .transform((ranges) => ranges.map((range) => canonicalRange(range) ?? range));

const previousSecretSchema = z
  .object({
    endsAt: z.iso.datetime().describe('Until then it is accepted'),
    lastUsedAt: z.iso.datetime().nullable().describe('To about a minute'),
  })
  .meta({ id: 'PreviousSecret', description: 'A secret of an API key that was replaced and is still accepted' });

export const apiKeySchema = z
  .object({
    id: z.string().describe('Of the key; not secret: it is in the key and in logs'),
    name: z.string(),
    role: roleSchema.nullable().describe('Null: it has scopes'),
    scopes: z.array(scopeSchema).describe('Empty where it has a role'),
    stationGroups: z.array(z.string()).nullable().describe('The station groups that it is limited to; null: it is of the whole tenant'),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime().nullable(),
    lastUsedAt: z.iso.datetime().nullable().describe('With the secret that it has now, to about a minute'),
    allowedAddresses: z.array(z.string()).nullable().describe('Addresses and ranges that it may be used from; null: everywhere'),
    rotatedAt: z.iso.datetime().nullable().describe('When its secret was replaced last'),
    previous: previousSecretSchema.nullable().describe('The secret before the last rotation, while it is accepted'),
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
      .max(MAX_CALLER_STATION_GROUPS)
      .nullable()
      .default(null)
      .describe('Limits it to the stations of these groups, without regard to case. Null, the default: the whole tenant'),
    allowedAddresses: addressesSchema
      .nullable()
      .default(null)
      .describe(
        'IP addresses and ranges (CIDR) that it may be used from. Null, the default: everywhere, or where the key may be used that makes it',
      ),
    expiresAt: instant
      .nullable()
      .default(null)
      .transform((at) => (at === null ? null : new Date(at)))
      .describe('Null: never, or with the key that makes it'),
  })
  .refine(({ role, scopes }) => (role === undefined) !== (scopes === undefined), 'has either a role or scopes')
  .transform(({ role = null, scopes = [], ...wanted }) => ({ ...wanted, role, scopes }))
  .meta({ id: 'ApiKeyPost', description: 'A key to be made, with a role or with scopes. Nobody gives a right that they lack' });

/** `PATCH /v1/api-keys/{id}`: what is left out stays as it is. */
export const patchApiKeySchema = z
  .strictObject({
    name: text.min(1).max(100).optional().describe('Its user, so that an operator knows later which key to revoke'),
    allowedAddresses: addressesSchema
      .nullable()
      .optional()
      .describe('IP addresses and ranges (CIDR) that it may be used from. Null: everywhere, or where the key may be used that made it'),
    expiresAt: instant
      .nullable()
      .transform((at) => (at === null ? null : new Date(at)))
      .optional()
      .describe('Null: never, or with the key that made it. The keys that it made end no later'),
  })
  .refine((changes) => Object.values(changes).some((value) => value !== undefined), 'changes nothing')
  .meta({ id: 'ApiKeyPatch', description: 'Members of an API key to be changed. What it may do is changed by another key in its place' });

/** `POST /v1/api-keys/{id}/rotate`. */
export const rotateApiKeySchema = z
  .strictObject({
    overlapSeconds: z
      .int()
      .min(0)
      .max(OVERLAP_SECONDS.most)
      .default(OVERLAP_SECONDS.usual)
      .describe('How long the secret before is accepted too; 0 where it has leaked'),
  })
  .meta({ id: 'ApiKeyRotation', description: 'How the secret before ends' });

export function apiKeyView(stored: StoredApiKey, now: Date): z.output<typeof apiKeySchema> {
  const { id, name, role, scopes, stationGroups, allowedAddresses, createdAt, expiresAt, lastUsedAt, rotatedAt, createdBy } = stored;
  return {
    ...{ id, name, role, scopes, stationGroups, allowedAddresses },
    createdAt: createdAt.toISOString(),
    expiresAt: isoOf(expiresAt),
    lastUsedAt: isoOf(lastUsedAt),
    rotatedAt: isoOf(rotatedAt),
    previous: previousOf(stored, now),
    createdBy: createdBy ?? 'administrator',
  };
}

function previousOf({ previousEndsAt, previousLastUsedAt }: StoredApiKey, now: Date): z.output<typeof apiKeySchema>['previous'] {
  if (previousEndsAt === null || previousEndsAt <= now) return null;
  return { endsAt: previousEndsAt.toISOString(), lastUsedAt: isoOf(previousLastUsedAt) };
}

function isoOf(at: Date | null): string | null {
  return at?.toISOString() ?? null;
}
