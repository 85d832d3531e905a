import type { TokenTrace } from '../erasure/token-traces';
import type { PassingSealed, SealedColumn } from '../sealed/sealed-column';

/**
 * How long kinds of data are kept, days, by setting: `VOLTBUS_RETENTION_<name>_DAYS`; 0 keeps them for ever. `least` is
 * what others rest on: stations' times are believed 90 days back, and topics keep a command request for 7.
 */
export const RETENTION = {
  READINGS: {
    usual: 400,
    least: 100,
    what: 'Meter readings, and messages of stations about transactions; a session that began before is sealed: its bill changes no more',
  },
  TRANSACTIONS: { usual: 3_650, least: 180, what: 'Transactions, with their limits' },
  CDRS: { usual: 3_650, least: 180, what: 'CDRs' },
  PAYMENTS: { usual: 3_650, least: 180, what: 'Reports of stations about payments made at them' },
  COMMANDS: {
    usual: 30,
    least: 8,
    what: 'Commands that have ended, and remote starts and stops; the Idempotency-Key of a command holds so long',
  },
  DEAD_LETTERS: { usual: 90, least: 7, what: 'Dead letters' },
  MESSAGES: { usual: 90, least: 1, what: 'Messages of stations that no rule acts on' },
  AUDIT_LOG: { usual: 730, least: 90, what: 'The audit log: who changed what through the API' },
  VARIABLE_CHANGES: { usual: 400, least: 1, what: 'Changes of variables and configuration keys of stations' },
  STATUS_HISTORY: {
    usual: 800,
    least: 400,
    what: 'States of connectors and connections of stations, since they were replaced; reports of uptime read twelve months before theirs',
  },
  DEVICE_EVENTS: { usual: 400, least: 1, what: 'Events of stations, and alerts since they were cleared' },
  REFUSALS: { usual: 14, least: 1, what: 'Refused connections, since the last of their kind' },
  SECURITY_EVENTS: { usual: 400, least: 30, what: 'Security events of stations' },
  LOG_FILES: { usual: 30, least: 1, what: 'Logs that stations have uploaded' },
  EVENT_STREAMS: { usual: 30, least: 1, what: 'Values that stations sent in event streams' },
  CUSTOMER_INFORMATION: { usual: 30, least: 1, what: 'What stations reported of customers' },
  STATION_REQUESTS: {
    usual: 400,
    least: 8,
    what: 'Firmware updates of stations, requests of their logs and of customer information, since they ended',
  },
  WEBHOOK_DELIVERIES: { usual: 14, least: 1, what: 'Deliveries to webhooks that were delivered or are dead, with their bodies' },
} as const satisfies Readonly<Record<string, { usual: number; least: number; what: string }>>;

export type RetentionName = keyof typeof RETENTION;
/** As set; 0: for ever. */
export type RetentionDays = Readonly<Record<RetentionName, number>>;

/** What is kept where nothing is set. */
export const USUAL_RETENTION: RetentionDays = Object.fromEntries(
  Object.entries(RETENTION).map(([name, { usual }]) => [name, usual]),
) as Record<RetentionName, number>; // every name has one

/** How rows go. */
export type Keeping =
  /** By the age of that column: in batches, until none is too old. `where`: which of them are to go at all. `days`: of their own, or a setting. */
  | { kind: 'aged'; column: string; days: RetentionName | number; where?: string }
  /** Removed by code of their own, described by this text. */
  | { kind: 'own'; how: string }
  /** With what they belong to. */
  | { kind: 'with'; what: string }
  /**
   * With their owner, by code of their own. What is written of a tenant while it is deleted, or later, is removed by `Retention`: the schema's
   * `deleted_tenants` names it. `how`: how else they go.
   */
  | { kind: 'owned'; by: 'tenant' | 'station'; how?: string }
  /** Never, for that reason. */
  | { kind: 'ever'; why: string };

/** Everything there is to know of one table's growth. Every table of every migration has one (a spec compares them with the database). */
export interface TableDeclaration {
  /** Without its schema. */
  name: string;
  holds: string;
  /** By whose will rows are made. */
  madeBy: 'stations' | 'strangers' | 'operators' | 'services';
  /** How many there can be, and what is answered beyond. */
  bound: string;
  /** The columns that name the owner of a row; null: there is none. */
  tenant: string | null;
  station: string | null;
  /** SQL, where rows have no tenant of their own: those that a request of a tenant may reach. It sees the tables in it with the eyes of the request. */
  reached?: string;
  keeping: Keeping;
  /** Where the ids of tokens stand in it; absent: nowhere. A spec lists all columns in which they could. */
  tokens?: readonly TokenTrace[];
  /** Its encrypted values, which are encrypted anew under a new key. */
  sealed?: readonly SealedColumn[];
  passing?: readonly PassingSealed[];
}

/** The tables of one service, all in its own schema. */
export interface SchemaDeclaration {
  schema: string;
  tables: readonly TableDeclaration[];
}

/** Of the library itself, in every schema. */
export const OWN_TABLES: readonly TableDeclaration[] = [
  {
    name: 'migrations',
    holds: 'Steps of the schema that were applied',
    madeBy: 'services',
    bound: 'one for each migration',
    tenant: null,
    station: null,
    keeping: { kind: 'ever', why: 'the schema rests on it' },
  },
  {
    name: 'outbox',
    holds: 'Domain events on their way to the bus; the key begins with the tenant',
    madeBy: 'services',
    bound: 'what was stored while the bus was away',
    tenant: null,
    station: null,
    keeping: { kind: 'own', how: 'when the bus has taken them; what it will never take is kept for a person' },
  },
];
