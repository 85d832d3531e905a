import type { Tariff, Tenant } from '@voltbus/contracts';

/** Injection token of the `TenantDirectory`; provided by device-config's HTTP module to every other HTTP face of the process. */
export const TENANT_DIRECTORY = Symbol.for('voltbus.tenant-directory');

/** The tenants of this installation, for services that do not own them: asked where a reference is set. */
export interface TenantDirectory {
  find(tenant: string): Promise<Tenant | null>;
}

/** Injection token of the `TariffDirectory`; provided by cdr's HTTP module to every other HTTP face of the process. */
export const TARIFF_DIRECTORY = Symbol.for('voltbus.tariff-directory');

/** The tariffs of a tenant, for services that do not own them. */
export interface TariffDirectory {
  find(tenant: string, tariff: string): Promise<Tariff | null>;
  /** Names of at most ten tariffs in a currency other than this one, in order. */
  inOtherCurrency(tenant: string, currency: string): Promise<string[]>;
}
