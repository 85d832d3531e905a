import type { Tenant } from '@voltbus/contracts';

/** The tenant `default` as specs put it and vary it. */
export const TENANT: Tenant = {
  tenant: 'default',
  name: 'default',
  unknownStations: 'refuse',
  unknownTokens: 'refuse',
  minSecurityProfile: 1,
  certificateOrganization: null,
  currency: 'EUR',
  defaultTariff: null,
  keepMessagesHours: 24,
  showCost: false,
  masterPassGroup: null,
  reviewFlags: [],
  reviewAbove: null,
};
