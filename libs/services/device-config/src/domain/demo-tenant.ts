import type { Tenant } from '@voltbus/contracts';

/** Where a demo's stations are let in unannounced and without a password. */
export const DEMO_TENANT: Tenant = {
  tenant: 'demo',
  name: 'Demo',
  unknownStations: 'register',
  unknownTokens: 'refuse',
  minSecurityProfile: 0,
  currency: 'EUR',
  defaultTariff: null,
};
