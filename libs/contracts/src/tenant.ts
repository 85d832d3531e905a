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
  /** How long what its stations and we say is kept for operators to look at; 0: not at all. */
  keepMessagesHours: number;
  /** Stations are told what a session costs so far and in the end (2.x). */
  showCost: boolean;
  /** Tokens of this group stop any transaction and start none (C16). */
  masterPassGroup: string | null;
  /** A CDR with one of these flags is held until an operator has looked at it. */
  reviewFlags: readonly string[];
  /** A CDR of more than that, without tax, is held; null: of more than is usual in its currency. A decimal string. */
  reviewAbove: string | null;
}
