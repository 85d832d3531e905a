import type { Lane } from './station-state';

/** Processes that own or write topics. */
export type ServiceName = 'gateway' | 'transaction' | 'device-config' | 'cdr' | 'router' | 'api' | 'other';

/**
 * A topic as everybody sees it. Declared once, here; nobody else writes its name.
 * `settledBy`: consumer groups whose commit makes a publish on the in-process bus durable (on Kafka: acks=all does).
 */
export interface Topic {
  readonly name: string;
  /** Frozen at creation: the hash of the key must not move stations. */
  readonly partitions: number;
  readonly owner: ServiceName;
  readonly writers: readonly ServiceName[];
  readonly settledBy: readonly string[];
  /** Kept for, milliseconds. */
  readonly retentionMs: number;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Partitions of every keyed topic: three times the most consumers one group is meant to have. */
export const KEYED_PARTITIONS = 48;
/** Partitions ("buckets") of the downlink: the most gateways that never share one. */
export const BUCKETS = 64;

function topic(
  name: string,
  rest: Omit<Topic, 'name' | 'partitions' | 'settledBy'> & Partial<Pick<Topic, 'partitions' | 'settledBy'>>,
): Topic {
  return { partitions: KEYED_PARTITIONS, settledBy: [], name, ...rest };
}

/** Station traffic, one topic per owning service. */
export const LANES: Readonly<Record<Lane, Topic>> = {
  transaction: topic('csms.ocpp.transaction.v1', {
    owner: 'transaction',
    writers: ['gateway'],
    settledBy: ['transaction'],
    retentionMs: 7 * DAY,
  }),
  device: topic('csms.ocpp.device.v1', {
    owner: 'device-config',
    writers: ['gateway'],
    settledBy: ['device-config'],
    retentionMs: 7 * DAY,
  }),
  router: topic('csms.ocpp.router.v1', { owner: 'router', writers: ['gateway'], settledBy: ['router'], retentionMs: 7 * DAY }),
};

export const DOWNLINK = topic('csms.ocpp.downlink.v1', {
  partitions: BUCKETS,
  owner: 'gateway',
  writers: ['gateway', 'transaction', 'device-config', 'cdr', 'router', 'api'],
  retentionMs: HOUR,
});
export const CALL_RESULTS = topic('csms.ocpp.results.v1', {
  owner: 'router',
  writers: ['gateway'],
  settledBy: ['router'],
  retentionMs: 7 * DAY,
});
export const PROFILE_REQUESTS = topic('csms.profile-requests.v1', { owner: 'device-config', writers: ['gateway'], retentionMs: HOUR });
export const CONNECTIONS = topic('csms.connections.v1', {
  owner: 'gateway',
  writers: ['gateway'],
  settledBy: ['device-config'],
  retentionMs: 7 * DAY,
});
/** Copies of what stations and we said, for operators to look at: best effort, nobody waits for it, many frames a record. */
export const FRAMES = topic('csms.frames.v1', { partitions: 12, owner: 'device-config', writers: ['gateway'], retentionMs: HOUR });
/** A station is not as it was: where to look, for those who show it. Nothing rests on it. */
export const STATION_CHANGES = topic('csms.station-changes.v1', {
  partitions: 12,
  owner: 'device-config',
  writers: ['device-config'],
  retentionMs: HOUR,
});
export const COMMANDS = topic('csms.commands.v1', {
  owner: 'router',
  writers: ['api', 'gateway', 'transaction', 'device-config', 'cdr', 'other'],
  settledBy: ['router'],
  retentionMs: 7 * DAY,
});
export const COMMAND_RESULTS = topic('csms.command-results.v1', { owner: 'router', writers: ['router', 'api'], retentionMs: 7 * DAY });
/** Tenants and their policies, told by device-config to whoever keeps a copy. */
export const TENANTS = topic('csms.tenants.v1', {
  owner: 'device-config',
  writers: ['device-config'],
  settledBy: ['transaction', 'cdr'],
  retentionMs: 400 * DAY,
});
/** Which group a station belongs to, told by device-config to whoever prices by it. */
export const STATIONS = topic('csms.stations.v1', {
  owner: 'device-config',
  writers: ['device-config'],
  settledBy: ['cdr', 'transaction'],
  retentionMs: 400 * DAY,
});
/** Tariffs and who has which, told by cdr to who tells drivers what a session costs. */
export const PRICES = topic('csms.prices.v1', {
  owner: 'cdr',
  writers: ['cdr'],
  settledBy: ['transaction'],
  retentionMs: 400 * DAY,
});
export const TRANSACTIONS = topic('csms.transactions.v1', {
  owner: 'transaction',
  writers: ['transaction'],
  settledBy: ['cdr'],
  retentionMs: 90 * DAY,
});
/** Never compacted: the key is the station, not the CDR. */
export const CDRS = topic('csms.cdrs.v1', { owner: 'cdr', writers: ['cdr'], settledBy: ['transaction'], retentionMs: 400 * DAY });
/** CDRs that wait for a person, told by cdr to who would else miss them. */
export const CDR_REVIEWS = topic('csms.cdr-reviews.v1', {
  owner: 'cdr',
  writers: ['cdr'],
  settledBy: ['transaction'],
  retentionMs: 90 * DAY,
});
export const DEAD_LETTERS = topic('csms.dlq.v1', {
  owner: 'router',
  writers: ['transaction', 'device-config', 'cdr', 'router'],
  settledBy: ['router'],
  retentionMs: 90 * DAY,
});

export const TOPICS: readonly Topic[] = [
  ...Object.values(LANES),
  DOWNLINK,
  CALL_RESULTS,
  PROFILE_REQUESTS,
  CONNECTIONS,
  FRAMES,
  STATION_CHANGES,
  COMMANDS,
  COMMAND_RESULTS,
  TENANTS,
  STATIONS,
  PRICES,
  TRANSACTIONS,
  CDRS,
  CDR_REVIEWS,
  DEAD_LETTERS,
];
