import type { TopicRecord } from '@voltbus/bus';
import type { Cdr, Command, ConnectionEvent, EndedTransaction, HeldCdr, Transaction } from '@voltbus/contracts';
import type { Truth } from '@voltbus/virtual-station';

/** What was recorded of a run, from outside: judges read nothing else. */
export interface History {
  /** What the stations of each tenant know. */
  fleets: readonly Fleet[];
  /** `csms.connections.v1`: beginnings and ends of connections, without refusals. */
  connections: readonly Recorded<ConnectionEvent>[];
  /** Connections by which messages of stations came, as the gateways wrote them on the lanes, each once: a second witness of every connection. */
  messageConnections: readonly MessageConnection[];
  /** `csms.transactions.v1`. */
  transactions: readonly Recorded<Transaction | EndedTransaction>[];
  /** `csms.cdrs.v1`. */
  cdrs: readonly Recorded<Cdr>[];
  /** `csms.internal.cdr-reviews.v1`: CDRs that wait for an operator. */
  heldCdrs: readonly Recorded<HeldCdr>[];
  /** `csms.command-results.v1`. */
  commandResults: readonly Recorded<Command>[];
  /** The database. */
  stored: Stored;
  /** Processes at rest, before the run and after it; empty where none were measured. */
  usage: readonly ProcessUsage[];
}

export interface Fleet {
  tenant: string;
  truth: Truth;
}

/** A connection, as the header of a station's message names it. */
export interface MessageConnection {
  tenant: string;
  station: string;
  gateway: string;
  epoch: number;
}

/** An event of a topic with its place: a list of them is in the order of its partitions. */
export interface Recorded<T extends object> {
  /** Key of the record. */
  key: string;
  /** CloudEvents attributes; a repeat of an event has its id. */
  id: string;
  type: string;
  tenant: string;
  subject: string;
  value: T;
}

interface Stored {
  readings: readonly { tenant: string; station: string; at: string }[];
  commands: readonly { tenant: string; station: string; id: string; status: string; epoch: number | null }[];
  presence: readonly { tenant: string; station: string; online: boolean; epoch: number }[];
}

/** Memory and descriptors of a process at rest. */
export interface ProcessUsage {
  name: string;
  before: Usage;
  after: Usage;
}

export interface Usage {
  rssMb: number;
  descriptors: number;
}

/** The event in a record; its owner has checked the value by the topic's schema. */
export function recordedFrom<T extends object>({ key, value, headers }: Pick<TopicRecord, 'key' | 'value' | 'headers'>): Recorded<T> {
  const { ce_id = '', ce_type = '', ce_tenantid = '', ce_subject = '' } = headers;
  return { key, id: ce_id, type: ce_type, tenant: ce_tenantid, subject: ce_subject, value: JSON.parse(value) as T };
}

/** Each event once, at its first place: events are published at least once. */
export function eachOnce<T extends object>(events: readonly Recorded<T>[]): Recorded<T>[] {
  const seen = new Set<string>();
  return events.filter(({ id }) => !seen.has(id) && seen.add(id) !== undefined);
}

/** Items by a text made of each. */
export function groupedBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
