import type { StationRef, Tariff, Tenant } from '@voltbus/contracts';

/** Injection token of the `TenantDirectory`, which device-config's HTTP module provides to the HTTP modules of other services. */
export const TENANT_DIRECTORY = Symbol.for('voltbus.tenant-directory');

/** The tenants of this installation, for services that do not own them and check a reference to one. */
export interface TenantDirectory {
  find(tenant: string): Promise<Tenant | null>;
}

/** Injection token of the `TariffDirectory`, which cdr's HTTP module provides to the HTTP modules of other services. */
export const TARIFF_DIRECTORY = Symbol.for('voltbus.tariff-directory');

/** The tariffs of a tenant, for services that do not own them. */
export interface TariffDirectory {
  find(tenant: string, tariff: string): Promise<Tariff | null>;
  /** Names of at most ten tariffs in another currency than this one, in order. */
  inOtherCurrency(tenant: string, currency: string): Promise<string[]>;
}

/** Injection token of the `KnownStations`, which device-config's HTTP module provides. */
export const KNOWN_STATIONS = Symbol('known-stations');

/** The registered stations, for the rule that nothing is done below a station that does not exist. */
export interface KnownStations {
  has(ref: StationRef): Promise<boolean>;
}

/** Injection token of the `StationsShown`, which device-config's HTTP module provides. */
export const STATIONS_SHOWN = Symbol('stations-shown');

/** Stations as the API shows them, for the event stream. */
export interface StationsShown {
  /** Null where there is no such station. */
  find(ref: StationRef): Promise<object | null>;
}
