import { DEFAULT_REVIEW_FLAGS, type Tenant } from '@voltbus/contracts';
import { KEEP_MESSAGES_HOURS } from './kept-messages';

/** Where a demo's stations are let in unannounced and without a password. */
export const DEMO_TENANT: Tenant = {
  tenant: 'demo',
  name: 'Demo',
  unknownStations: 'register',
  unknownTokens: 'refuse',
  minSecurityProfile: 0,
  currency: 'EUR',
  defaultTariff: null,
  keepMessagesHours: KEEP_MESSAGES_HOURS,
  showCost: false,
  masterPassGroup: null,
  reviewFlags: DEFAULT_REVIEW_FLAGS,
  reviewAbove: null,
};
