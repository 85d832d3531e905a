import type { Tenant } from '@voltbus/contracts';
import { TENANT_DEFAULTS } from './tenant-defaults';

/** Where a demo's stations are let in unannounced and without a password. */
export const DEMO_TENANT: Tenant = {
  tenant: 'demo',
  name: 'Demo',
  ...TENANT_DEFAULTS,
  unknownStations: 'register',
  minSecurityProfile: 0,
};
