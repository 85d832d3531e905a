import { MAX_TOKEN_GROUP_LENGTH, TENANT_PATTERN, type Tenant } from '@voltbus/contracts';
import { text } from '@voltbus/http';
import { z } from 'zod';
import { KEEP_MESSAGES_HOURS, MAX_KEEP_MESSAGES_HOURS } from '../domain/kept-messages';

/** A tenant as a path names it. */
export const tenantNameSchema = z
  .string()
  .regex(TENANT_PATTERN, 'is no name of a tenant: lower-case letters, digits and hyphens, at most 36');

const securityProfile = z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]);

export const tenantSchema = z.object({
  tenant: z.string(),
  name: z.string(),
  unknownStations: z.enum(['refuse', 'register']),
  unknownTokens: z.enum(['refuse', 'accept']),
  minSecurityProfile: securityProfile,
  currency: z.string(),
  defaultTariff: z.string().nullable(),
  keepMessagesHours: z.int(),
  showCost: z.boolean(),
  masterPassGroup: z.string().nullable(),
}) satisfies z.ZodType<Tenant>;

/** `PUT /v1/tenants/{tenant}`: what is left out takes its default. */
export const putTenantSchema = z.strictObject({
  tenant: z.string().optional().describe('May repeat the path, which counts'),
  name: text.min(1).max(100).optional().describe('Default: as the path names it'),
  unknownStations: tenantSchema.shape.unknownStations.default('refuse'),
  unknownTokens: tenantSchema.shape.unknownTokens
    .default('refuse')
    .describe('accept: tokens that nobody told of may charge, in any number of sessions at once'),
  minSecurityProfile: securityProfile.default(1).describe('0: no credentials are demanded'),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'is no ISO 4217 code')
    .default('EUR'),
  defaultTariff: text.min(1).max(60).nullable().default(null).describe('Applies where nothing else does'),
  keepMessagesHours: z
    .int()
    .min(0)
    .max(MAX_KEEP_MESSAGES_HOURS)
    .default(KEEP_MESSAGES_HOURS)
    .describe('How long the OCPP messages of its stations are kept for `GET /v1/stations/{station}/messages`; 0: not at all'),
  showCost: z.boolean().default(false).describe('Stations (2.x) are told what a session costs, so far and in the end, with tax'),
  masterPassGroup: text
    .min(1)
    .max(MAX_TOKEN_GROUP_LENGTH)
    .nullable()
    .default(null)
    .describe('Group of the tokens that stop any transaction and start none (C16)'),
});
