import { DEFAULT_REVIEW_FLAGS, type Tenant } from '@voltbus/contracts';
import { KEEP_MESSAGES_HOURS } from '../../message-log/domain/keeping';

/** What a new tenant has where its PUT says nothing. */
export const TENANT_DEFAULTS = {
  unknownStations: 'refuse',
  unknownTokens: 'refuse',
  minSecurityProfile: 1,
  currency: 'EUR',
  defaultTariff: null,
  keepMessagesHours: KEEP_MESSAGES_HOURS,
  showCost: false,
  masterPassGroup: null,
  reviewFlags: DEFAULT_REVIEW_FLAGS,
  reviewAbove: null,
} as const satisfies Partial<Tenant>;
