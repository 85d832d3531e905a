import { MAX_TOKEN_GROUP_LENGTH, REVIEWABLE_FLAGS, TARIFF_NAME, TENANT_PATTERN, flagSchema, type Tenant } from '@voltbus/contracts';
import { text, type Resource } from '@voltbus/http';
import { CURRENCIES } from '@voltbus/pricing';
import { z } from 'zod';
import { securityProfile } from '../../provisioning';
import { MAX_KEEP_MESSAGES_HOURS, TENANT_DEFAULTS } from '../domain/tenant-defaults';

/** RFC 5280 allows an organization 64 characters. */
const MAX_ORGANIZATION_LENGTH = 64;

/** A tenant as a path names it. */
export const tenantNameSchema = z
  .string()
  .regex(TENANT_PATTERN, 'is no name of a tenant: lower-case letters, digits and hyphens, at most 36');

export const tenantSchema = z
  .object({
    tenant: z.string(),
    name: z.string(),
    unknownStations: z.enum(['refuse', 'register']).describe('What becomes of stations that are not registered'),
    unknownTokens: z.enum(['refuse', 'accept']).describe('What becomes of tokens that are not known'),
    minSecurityProfile: securityProfile.describe('The lowest security profile that its stations may use'),
    certificateOrganization: z
      .string()
      .nullable()
      .describe('Organization (O) of the client certificates that prove its stations (security profile 3); `*`: any; null: none does'),
    currency: z.string(),
    defaultTariff: z.string().nullable(),
    keepMessagesHours: z.int().describe('Hours that the OCPP messages of its stations are kept; 0: not at all'),
    showCost: z.boolean().describe('Stations (2.x) are sent the running and the final cost of a session'),
    masterPassGroup: z.string().nullable().describe('Group of the tokens that stop any transaction and start none (C16); null: none'),
    reviewFlags: z.array(flagSchema).describe('A CDR with one of these flags is held for a review'),
    reviewAbove: z.string().nullable().describe('A CDR of more than that, without tax, is held; null: more than is usual in its currency'),
  })
  .meta({ id: 'Tenant', description: 'An operator that shares this installation' }) satisfies z.ZodType<Tenant>;

/** `PUT /v1/tenants/{tenant}`. */
const putTenantSchema = z
  .strictObject({
    tenant: z.string().optional().describe('May repeat the path, which counts'),
    name: text.min(1).max(100).optional().describe('Default: as the path names it'),
    unknownStations: tenantSchema.shape.unknownStations.default(TENANT_DEFAULTS.unknownStations).describe('Default: refuse'),
    unknownTokens: tenantSchema.shape.unknownTokens
      .default(TENANT_DEFAULTS.unknownTokens)
      .describe('accept: unknown tokens may charge, in any number of sessions at once. Default: refuse'),
    minSecurityProfile: securityProfile
      .default(TENANT_DEFAULTS.minSecurityProfile)
      .describe('0: no credentials are demanded of stations that have no password. Default: 1'),
    certificateOrganization: text
      .min(1)
      .max(MAX_ORGANIZATION_LENGTH)
      .nullable()
      .default(TENANT_DEFAULTS.certificateOrganization)
      .describe(
        'Organization (O) that client certificates must have to prove its stations (security profile 3); `*`: any, where no other tenant has stations of the same CAs. Default: null, none does',
      ),
    currency: z
      .string()
      .refine((code) => CURRENCIES.has(code), 'is no currency of ISO 4217')
      .describe('ISO 4217; its tariffs have no other'),
    defaultTariff: z
      .string()
      .regex(TARIFF_NAME, 'no name of a tariff')
      .nullable()
      .describe('A tariff of its own, which applies where nothing else does; null: sessions cost nothing then'),
    keepMessagesHours: z
      .int()
      .min(0)
      .max(MAX_KEEP_MESSAGES_HOURS)
      .default(TENANT_DEFAULTS.keepMessagesHours)
      .describe('How long the OCPP messages of its stations are kept for `GET /v1/stations/{station}/messages`; 0: not at all'),
    showCost: z
      .boolean()
      .default(TENANT_DEFAULTS.showCost)
      .describe('Stations (2.x) are sent the running and the final cost of a session, with tax. Default: false'),
    masterPassGroup: text
      .min(1)
      .max(MAX_TOKEN_GROUP_LENGTH)
      .nullable()
      .default(TENANT_DEFAULTS.masterPassGroup)
      .describe('Group of the tokens that stop any transaction and start none (C16). Default: null'),
    reviewFlags: z
      .array(z.enum(REVIEWABLE_FLAGS, { error: `is none of ${REVIEWABLE_FLAGS.join(', ')}` }))
      .transform((flags) => [...new Set(flags)].sort())
      .default([...TENANT_DEFAULTS.reviewFlags])
      .describe('A CDR with one of these flags is held until an operator has looked at it. Default: the flags that doubt the amount'),
    reviewAbove: z
      .string()
      .regex(/^\d{1,12}(\.\d{1,4})?$/, 'is no amount: a decimal string')
      .nullable()
      .default(TENANT_DEFAULTS.reviewAbove)
      .describe('A CDR of more than that, without tax, is held. Default: null, more than is usual (500 EUR, or about as much)'),
  })
  .meta({ id: 'TenantPut', description: 'A tenant, whole' });

export const tenantResource: Resource<typeof putTenantSchema, Tenant> = {
  noun: 'tenant',
  schema: putTenantSchema,
  guarded: [
    'unknownStations',
    'unknownTokens',
    'minSecurityProfile',
    'certificateOrganization',
    'masterPassGroup',
    'reviewFlags',
    'reviewAbove',
  ],
  identity: { member: 'tenant' },
  writtenAs: ({ tenant: _name, reviewFlags, ...written }) => ({ ...written, reviewFlags: [...reviewFlags] }),
};
