import type { StationRef, Tenant } from '@voltbus/contracts';

/** Injection token of the `TenantDirectory`, which device-config's HTTP module provides to the HTTP modules of other services. */
export const TENANT_DIRECTORY = Symbol.for('voltbus.tenant-directory');

/** The tenants of this installation, for services that do not own them and check a reference to one. */
export interface TenantDirectory {
  find(tenant: string): Promise<Tenant | null>;
}

/** Injection token of the `TariffDirectory`, which cdr's HTTP module provides to the HTTP modules of other services. */
export const TARIFF_DIRECTORY = Symbol.for('voltbus.tariff-directory');

/** The tariffs of a tenant, for services that refer to them. */
export interface TariffDirectory {
  /**
   * Runs `work` while no tariff of the tenant is made, changed or removed, so that what it finds is still true when it has stored a reference. To be called
   * outside of any database transaction, and not twice within each other.
   */
  holding<T>(tenant: string, work: (tariffs: HeldTariffs) => Promise<T>): Promise<T>;
}

/** The tariffs of one tenant, which do not change meanwhile. */
export interface HeldTariffs {
  has(tariff: string): Promise<boolean>;
  /** Names of at most ten tariffs in another currency than this one, in order. */
  inOtherCurrency(currency: string): Promise<string[]>;
}

/** Injection token of the `TransactionBills`, which cdr's HTTP module provides. */
export const TRANSACTION_BILLS = Symbol.for('voltbus.transaction-bills');

/** What is billed of a transaction. */
export interface TransactionBill {
  /** Ids of the CDRs that were issued, in the order of issue; of very many the last. */
  cdrs: string[];
  /** Id of the CDR that waits for an operator. */
  held: string | null;
  /** An operator decided that nothing is charged, before anything was. */
  isWaived: boolean;
  /** The sum over all CDRs that were issued, as decimal strings; null: none was, and nothing is decided. */
  cost: { currency: string; total: string; totalInclTax: string } | null;
}

/** The bills of transactions, for the service that owns those. */
export interface TransactionBills {
  /** By id of the transaction, in one query. One of which there is no CDR, neither issued nor held, is missing. */
  of(tenant: string, transactions: readonly string[]): Promise<ReadonlyMap<string, TransactionBill>>;
}

/** Injection token of the `KnownStations`, which device-config's HTTP module provides. */
export const KNOWN_STATIONS = Symbol('known-stations');

/** The registered stations, for the rule that nothing is done below a station that does not exist. */
export interface KnownStations {
  has(ref: StationRef): Promise<boolean>;
  /**
   * Runs `work` while no station of the tenant is removed, so that what it finds is still true when it has stored a reference. To be called outside of any
   * database transaction, and not twice within each other.
   */
  holding<T>(tenant: string, work: (stations: HeldStations) => Promise<T>): Promise<T>;
}

/** The stations of one tenant, none of which is removed meanwhile. */
export interface HeldStations {
  has(station: string): Promise<boolean>;
  /** Those of these names that are registered, in one query. */
  among(stations: readonly string[]): Promise<ReadonlySet<string>>;
}

/** Injection token of the `StationGroups`, which device-config's HTTP module provides. */
export const STATION_GROUPS = Symbol('station-groups');

/** Which stations are in some groups now; groups are compared without regard to case. */
export interface StationGroups {
  has(ref: StationRef, groups: readonly string[]): Promise<boolean>;
  /** At most `most` of them, in no order. */
  stationsIn(tenant: string, groups: readonly string[], most: number): Promise<string[]>;
}

/** Injection token of the `StationUses`, which transaction's HTTP module provides to the HTTP module that removes stations. */
export const STATION_USES = Symbol.for('voltbus.station-uses');

/** What other resources refer to a station. */
export interface StationUses {
  /** Its users, such as `token 04A1B2C3`; at most ten, in order. */
  usersOf(ref: StationRef): Promise<string[]>;
}

/** Injection token of the `StationsShown`, which device-config's HTTP module provides. */
export const STATIONS_SHOWN = Symbol('stations-shown');

/** Stations as the API shows them, for the event stream. */
export interface StationsShown {
  /** Null where there is no such station. */
  find(ref: StationRef): Promise<object | null>;
}

/** Injection token of the `StationEvses`, which device-config's HTTP module provides. */
export const STATION_EVSES = Symbol('station-evses');

/** What stations have told of their EVSEs. */
export interface StationEvses {
  /** `connectorTypes`: as OCPP 2.x names them; null: not told. Empty: the station has told of none. */
  of(ref: StationRef): Promise<readonly { evse: number; connectorTypes: readonly string[] | null }[]>;
}

/** Injection token of the `TicketUses`, which device-config's HTTP module provides. */
export const TICKET_USES = Symbol('ticket-uses');

/** Which tickets of the event stream were used, in all processes of the API. */
export interface TicketUses {
  /** True once for each id, however many processes ask. */
  claim(ticket: string): Promise<boolean>;
}

/** Injection token of the `StationMessageLimits`, which device-config's HTTP module provides to the HTTP module that takes commands. */
export const STATION_MESSAGE_LIMITS = Symbol('station-message-limits');

/** How much a station takes in one message, as it has reported (B05.FR.11, B06.FR.05). */
export interface StationMessageLimits {
  /** What a request has too much of; `path` is a JSON pointer into its payload. Null: nothing, or the station has told no limit. */
  faultIn(ref: StationRef, action: string, payload: Readonly<Record<string, unknown>>): Promise<{ path: string; message: string } | null>;
}
