import { cdrSchema } from './cdr';
import { callResultSchema, commandRequestSchema, commandSchema, commandWaitingSchema } from './commands';
import { connectionEventSchema, connectionRefusalSchema, protocolMismatchSchema } from './connection';
import { alertSchema, deviceEventSchema } from './device-event';
import { withEvents } from './event-type';
import { heldCdrSchema } from './held-cdr';
import { priceChangeSchema } from './price-change';
import { securityEventSchema } from './security-event';
import { stationDescriptionSchema } from './station-description';
import { stationGroupingSchema } from './station-grouping';
import { keyRehashSchema, profileRequestSchema } from './station-profile';
import { reservationSchema } from './reservation';
import type { Lane } from './station-state';
import { tenantChangedSchema, tenantDeletedSchema } from './tenant';
import { stationsOfErasureSchema, tokenErasureSchema } from './token-erasure';
import type { Topic } from './topic';
import { endedTransactionSchema, transactionSchema } from './transaction';

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
  transaction: topic('csms.internal.ocpp.transaction.v1', {
    owner: 'transaction',
    writers: ['gateway'],
    readers: ['transaction'],
    settledBy: ['transaction'],
    retentionMs: 7 * DAY,
  }),
  device: topic('csms.internal.ocpp.device.v1', {
    owner: 'device-config',
    writers: ['gateway'],
    readers: ['device-config', 'transaction'],
    settledBy: ['device-config'],
    retentionMs: 7 * DAY,
  }),
  router: topic('csms.internal.ocpp.router.v1', {
    owner: 'router',
    writers: ['gateway'],
    readers: ['router'],
    settledBy: ['router'],
    retentionMs: 7 * DAY,
  }),
};

export const DOWNLINK = topic('csms.internal.ocpp.downlink.v1', {
  partitions: BUCKETS,
  owner: 'gateway',
  writers: ['gateway', 'transaction', 'device-config', 'cdr', 'router', 'api'],
  readers: ['gateway'],
  retentionMs: HOUR,
});
export const CALL_RESULTS = withEvents(
  topic('csms.internal.ocpp.results.v1', {
    owner: 'router',
    writers: ['gateway'],
    readers: ['router'],
    settledBy: ['router'],
    retentionMs: 7 * DAY,
  }),
  { result: [null, callResultSchema] },
);
export const PROFILE_REQUESTS = withEvents(
  topic('csms.internal.profile-requests.v1', {
    owner: 'device-config',
    writers: ['gateway'],
    readers: ['device-config'],
    retentionMs: HOUR,
  }),
  { requested: [null, profileRequestSchema], rehashed: ['voltbus.station.key-rehashed', keyRehashSchema] },
);
export const CONNECTIONS = withEvents(
  topic('csms.connections.v1', {
    owner: 'gateway',
    writers: ['gateway'],
    readers: ['device-config', 'router', 'transaction', 'api', 'webhooks'],
    settledBy: ['device-config', 'webhooks'],
    retentionMs: 7 * DAY,
  }),
  {
    connected: ['voltbus.station.connected', connectionEventSchema, 'connection'],
    disconnected: ['voltbus.station.disconnected', connectionEventSchema, 'connection'],
    refused: ['voltbus.station.refused', connectionRefusalSchema, 'connection-refused'],
    protocolMismatch: ['voltbus.station.protocol-mismatch', protocolMismatchSchema, 'protocol-mismatch'],
  },
);
/** Copies of the messages between stations and us, for operators: best effort, many frames per record. */
export const FRAMES = topic('csms.internal.frames.v1', {
  partitions: 12,
  owner: 'device-config',
  writers: ['gateway'],
  readers: ['device-config'],
  retentionMs: HOUR,
});
/** A station is not as it was: where to look, for those who show it. Nothing rests on it. */
export const STATION_CHANGES = topic('csms.internal.station-changes.v1', {
  partitions: 12,
  owner: 'device-config',
  writers: ['device-config'],
  readers: ['api'],
  retentionMs: HOUR,
});
export const COMMANDS = withEvents(
  topic('csms.internal.commands.v1', {
    owner: 'router',
    writers: ['api', 'router', 'gateway', 'transaction', 'device-config', 'cdr'],
    readers: ['router'],
    settledBy: ['router'],
    retentionMs: 7 * DAY,
  }),
  { requested: [null, commandRequestSchema], waiting: ['voltbus.command.waiting', commandWaitingSchema] },
);
export const COMMAND_RESULTS = withEvents(
  topic('csms.command-results.v1', {
    owner: 'router',
    writers: ['router', 'api'],
    readers: ['transaction', 'device-config', 'api', 'webhooks'],
    settledBy: ['webhooks'],
    retentionMs: 7 * DAY,
  }),
  { ended: ['voltbus.command.ended', commandSchema, 'command'] },
);
export const SECURITY_EVENTS = withEvents(
  topic('csms.security-events.v1', {
    owner: 'device-config',
    writers: ['device-config'],
    readers: ['webhooks'],
    settledBy: ['webhooks'],
    retentionMs: 7 * DAY,
  }),
  { recorded: ['voltbus.security-event.recorded', securityEventSchema, 'security-event'] },
);
export const DEVICE_EVENTS = withEvents(
  topic('csms.device-events.v1', {
    owner: 'device-config',
    writers: ['device-config'],
    readers: ['webhooks'],
    settledBy: ['webhooks'],
    retentionMs: 7 * DAY,
  }),
  {
    recorded: ['voltbus.device-event.recorded', deviceEventSchema, 'device-event'],
    raised: ['voltbus.alert.raised', alertSchema, 'alert'],
    cleared: ['voltbus.alert.cleared', alertSchema, 'alert'],
  },
);
/** Tenants and their policies, published by device-config for services that keep a copy. */
export const TENANTS = withEvents(
  topic('csms.internal.tenants.v1', {
    owner: 'device-config',
    writers: ['device-config'],
    readers: ['transaction', 'cdr', 'webhooks'],
    settledBy: ['transaction', 'cdr', 'webhooks'],
    retentionMs: 400 * DAY,
  }),
  {
    changed: ['voltbus.tenant.changed', tenantChangedSchema],
    deleted: ['voltbus.tenant.deleted', tenantDeletedSchema],
  },
);
/** Tokens that every service shall erase, published by transaction. */
export const TOKEN_ERASURES = withEvents(
  topic('csms.internal.token-erasures.v1', {
    partitions: 12,
    owner: 'transaction',
    writers: ['transaction', 'api'],
    readers: ['transaction', 'cdr', 'router', 'device-config', 'webhooks'],
    settledBy: ['transaction', 'cdr', 'router', 'device-config', 'webhooks'],
    retentionMs: 7 * DAY,
  }),
  {
    requested: ['voltbus.token-erasure.requested', tokenErasureSchema],
    stationsNamed: ['voltbus.token-erasure.stations-named', stationsOfErasureSchema],
  },
);
/** The group and the description of each station, published by device-config for services that price by it and show it. */
export const STATIONS = withEvents(
  topic('csms.internal.stations.v1', {
    owner: 'device-config',
    writers: ['device-config'],
    readers: ['transaction', 'cdr', 'router'],
    settledBy: ['cdr', 'transaction'],
    retentionMs: 400 * DAY,
  }),
  {
    grouped: ['voltbus.station.grouped', stationGroupingSchema],
    described: ['voltbus.station.described', stationDescriptionSchema],
    deleted: ['voltbus.station.deleted', stationGroupingSchema],
  },
);
/** Tariffs and their assignments, published by cdr for services that show drivers the cost of a session. */
export const PRICES = withEvents(
  topic('csms.internal.prices.v1', {
    owner: 'cdr',
    writers: ['cdr'],
    readers: ['transaction'],
    settledBy: ['transaction'],
    retentionMs: 400 * DAY,
  }),
  { changed: ['voltbus.price.changed', priceChangeSchema] },
);
export const TRANSACTIONS = withEvents(
  topic('csms.transactions.v1', {
    owner: 'transaction',
    writers: ['transaction'],
    readers: ['cdr', 'api', 'webhooks'],
    settledBy: ['cdr', 'webhooks'],
    retentionMs: 90 * DAY,
  }),
  {
    started: ['voltbus.transaction.started', transactionSchema, 'transaction'],
    updated: ['voltbus.transaction.updated', transactionSchema, 'transaction'],
    ended: ['voltbus.transaction.ended', endedTransactionSchema, 'transaction-ended'],
    reservationChanged: ['voltbus.reservation.changed', reservationSchema, 'reservation'],
  },
);
/** Never compacted: the key is the station, not the CDR. */
export const CDRS = withEvents(
  topic('csms.cdrs.v1', {
    owner: 'cdr',
    writers: ['cdr'],
    readers: ['transaction', 'api', 'webhooks'],
    settledBy: ['transaction', 'webhooks'],
    retentionMs: 400 * DAY,
  }),
  {
    issued: ['voltbus.cdr.issued', cdrSchema, 'cdr'],
    credited: ['voltbus.cdr.credited', cdrSchema, 'cdr'],
  },
);
/** CDRs that wait for a person, published by cdr for systems that only read released CDRs. */
export const CDR_REVIEWS = withEvents(
  topic('csms.internal.cdr-reviews.v1', {
    owner: 'cdr',
    writers: ['cdr'],
    readers: ['transaction'],
    settledBy: ['transaction'],
    retentionMs: 90 * DAY,
  }),
  { held: ['voltbus.cdr.held', heldCdrSchema] },
);
export const DEAD_LETTERS = topic('csms.internal.dlq.v1', {
  owner: 'router',
  writers: ['transaction', 'device-config', 'cdr', 'router', 'webhooks'],
  readers: ['router'],
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
  SECURITY_EVENTS,
  DEVICE_EVENTS,
  TENANTS,
  TOKEN_ERASURES,
  STATIONS,
  PRICES,
  TRANSACTIONS,
  CDRS,
  CDR_REVIEWS,
  DEAD_LETTERS,
];
