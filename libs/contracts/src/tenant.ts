import { z } from 'zod';
import { flagSchema, type Flag } from './flags';
import { DEFAULT_REVIEW_FLAGS } from './review-flags';

/** A tenant as the API shows it and as `voltbus.tenant.changed` on `csms.internal.tenants.v1` carries it. */
export interface Tenant {
  tenant: string;
  name: string;
  unknownStations: 'refuse' | 'register';
  unknownTokens: 'refuse' | 'accept';
  minSecurityProfile: 0 | 1 | 2 | 3;
  /** Organization (O) of the client certificates that prove its stations; `*`: any; null: certificates prove nothing. */
  certificateOrganization: string | null;
  /** ISO 4217. */
  currency: string;
  defaultTariff: string | null;
  /** Hours that the message log of its stations is kept; 0: not at all. */
  keepMessagesHours: number;
  /** Stations are sent the running and the final cost of a session (2.x). */
  showCost: boolean;
  /** Tokens of this group stop any transaction and start none (C16). */
  masterPassGroup: string | null;
  /** A CDR with one of these flags is held for an operator's review. */
  reviewFlags: readonly Flag[];
  /** A CDR above this amount without tax is held, a decimal string; null: above what is usual in its currency. */
  reviewAbove: string | null;
}

/** What other services keep of a tenant. An event of an earlier version lacks the members that have defaults here. */
export const tenantChangedSchema = z.object({
  tenant: z.string(),
  unknownTokens: z.enum(['refuse', 'accept']),
  currency: z.string(),
  defaultTariff: z.string().nullable().default(null),
  showCost: z.boolean().default(false),
  masterPassGroup: z.string().nullable().default(null),
  reviewFlags: z
    .array(flagSchema)
    .readonly()
    .default(() => [...DEFAULT_REVIEW_FLAGS]),
  reviewAbove: z.string().nullable().default(null),
});
export type TenantChanged = z.output<typeof tenantChangedSchema>;

export const tenantDeletedSchema = z.object({ tenant: z.string() });
