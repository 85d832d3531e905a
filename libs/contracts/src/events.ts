import type { Protocol } from './station-state';
import type { StationRef } from './ids';

/** `csms.connections.v1`. */
export interface ConnectionEvent extends StationRef {
  protocol: Protocol;
  /** Gateway instance. */
  gateway: string;
  epoch: number;
  /** ISO 8601 UTC. */
  at: string;
  /** Why it ended; `connected` for a beginning. */
  reason: string;
}

/** `csms.connections.v1`, `voltbus.station.refused`: who was not let in. A gateway tells so many of one address and no more. */
export interface ConnectionRefusal {
  /** Null, both: the URL was no station's. Anybody may ask in any name: the tenant need not exist. */
  tenant: string | null;
  station: string | null;
  remoteAddress: string;
  /** In words that stay the same: `wrong-credentials`, `unknown-station` ... */
  reason: string;
  /** ISO 8601 UTC. */
  at: string;
}

/** The transaction as the API shows it and `csms.transactions.v1` carries it. */
export interface Transaction extends StationRef {
  id: string;
  evse: number | null;
  connector: number | null;
  ocppTransactionId: string;
  idToken: string | null;
  state: 'active' | 'ended';
  startedAt: string;
  endedAt: string | null;
  meterStartWh: number | null;
  meterStopWh: number | null;
  energyWh: number | null;
  stopReason: string | null;
  /** What was odd about it, in words that stay the same: `clock`, `late`, `orphan-stop`, `unknown-token` ... */
  flags: string[];
}

/** A stretch of a session with one nature; bounded to `MAX_PERIODS` per transaction, merged beyond. */
export interface TransactionPeriod {
  kind: 'charging' | 'idle';
  startedAt: string;
  seconds: number;
  energyWh: number;
}

export const MAX_PERIODS = 1000;

/** Value of `voltbus.transaction.ended`: facts only, never the samples. `revision` grows when late data changes an ended transaction. */
export interface EndedTransaction extends Transaction {
  revision: number;
  periods: TransactionPeriod[];
  signedData: string[];
  /** Said again because no CDR of this revision has been seen: whoever made it says so again. */
  reminder?: true;
}

/** A tenant as the API shows it and `csms.tenants.v1` carries it (`voltbus.tenant.changed`, `voltbus.tenant.deleted`). */
export interface Tenant {
  tenant: string;
  name: string;
  unknownStations: 'refuse' | 'register';
  unknownTokens: 'refuse' | 'accept';
  minSecurityProfile: 0 | 1 | 2 | 3;
  /** ISO 4217. */
  currency: string;
  defaultTariff: string | null;
}

export interface Tariff {
  tariff: string;
  currency: string;
  /** Decimal strings, without tax. */
  perKwh: string;
  perMinute: string;
  perIdleMinute: string;
  idleGraceMinutes: number;
  fixed: string;
  taxPercent: string;
}

/** `csms.cdrs.v1`, the product: additive changes only within v1. Costs without tax unless the name says otherwise. */
export interface Cdr extends StationRef {
  id: string;
  revision: number;
  kind: 'charge' | 'credit';
  creditOf: string | null;
  evse: number | null;
  connector: number | null;
  /** Our transaction id. */
  transaction: string;
  ocppTransactionId: string;
  idToken: string | null;
  startedAt: string;
  endedAt: string;
  timeZone: string;
  meterStartWh: number | null;
  meterStopWh: number | null;
  energyWh: number;
  chargingSeconds: number;
  idleSeconds: number;
  periods: (TransactionPeriod & { cost: string })[];
  /** As it stood when the session started; null when none applied. */
  tariff: Tariff | null;
  cost: CdrCost;
  signedData: string[];
  flags: string[];
}

export interface CdrCost {
  currency: string;
  energy: string;
  time: string;
  idle: string;
  fixed: string;
  total: string;
  taxPercent: string;
  totalInclTax: string;
}
