import { DEFAULT_REVIEW_FLAGS, type Tenant } from '@voltbus/contracts';

/** How long a message log is kept by default: a day, to see the faults of a night. */
const KEEP_MESSAGES_HOURS = 24;
/** The longest that a message log may be kept: it is for finding faults, not for records. */
export const MAX_KEEP_MESSAGES_HOURS = 168;

/** Members of a new tenant that its PUT leaves out. */
export const TENANT_DEFAULTS = {
  unknownStations: 'refuse',
  unknownTokens: 'refuse',
  minSecurityProfile: 1,
  certificateOrganization: null,
  currency: 'EUR',
  defaultTariff: null,
  keepMessagesHours: KEEP_MESSAGES_HOURS,
  showCost: false,
  masterPassGroup: null,
  reviewFlags: DEFAULT_REVIEW_FLAGS,
  reviewAbove: null,
} as const satisfies Partial<Tenant>;
