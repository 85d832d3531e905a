/** Every number that bounds what stations and our own services can cost a gateway. */

/** Calls of one station that wait for their answers. A well-behaved station has one. Beyond the limit it is closed with 1008. */
export const MAX_PENDING_CALLS = 8;
/** SENDs of one station on their way to the bus. Beyond the limit they are dropped and counted, as SENDs may be. */
export const MAX_PENDING_SENDS = 100;
/**
 * Messages of one station that are read; faster ones wait. The rate is far above what stations send, so that one that replays its offline queue (thousands
 * of messages, one at a time) is done within minutes.
 */
export const MESSAGE_RATE = { burst: 500, perSecond: 100 };
/** Each further unit of length counts as one more message, so that at most 1.5 MiB/s of one station reach the bus. */
export const FRAME_UNIT_BYTES = 16 * 1024;
/** Messages that wait for the rate, or for the epoch of the connection. An honest station has one call and one answer under way. Beyond the limit: 1008. */
export const MAX_WAITING_FRAMES = 16;
/** The same limit in bytes: two of the largest messages. */
export const MAX_WAITING_BYTES = 2 * 1024 * 1024;
/** Pings and pongs of one station. They cannot wait, and no station needs more. Beyond the limit: 1008. */
export const CONTROL_RATE = { burst: 100, perSecond: 10 };
/** Unusable frames in a row after which the socket is closed with 1002. */
export const MAX_STRIKES = 10;
/**
 * How long commands are held off after a connection (quirk 6), milliseconds, checked every second. The sum is below the 30 s that a command may wait.
 */
export const CALL_HOLD_OFF_MS = {
  /** A silent station that booted before may be restarting. In the field a boot was seen three seconds after the connection. */
  known: 4_000,
  /** The station never booted, so a boot is to come. */
  unknown: 10_000,
  /** The boot waits for its answer. */
  booting: 10_000,
  /** The station was accepted, and its first report is to come. */
  booted: 3_000,
  /** The limit of all, however often the station boots. */
  most: 25_000,
};
/**
 * How long a boot may be missing, milliseconds: of a station that never booted, or that does not repeat an unanswered boot (quirk 87). The boot is triggered
 * then, and a minute later the station is told to reconnect.
 */
export const MISSING_BOOT_MS = { untilTriggered: 120_000, untilClosed: 180_000 };
/** Stations that disconnected with an unanswered boot and are remembered for their next connection. The least recent is forgotten. */
export const MAX_UNANSWERED_BOOTS = 10_000;
/** Requested messages that a station has not sent yet. Beyond the limit the oldest request is forgotten, and its message refused. */
export const MAX_REQUESTED_MESSAGES = 100;
/** How long a requested message may take, milliseconds. For parts and progress the time begins anew with each. */
export const REQUESTED_MESSAGE_MS = { trigger: 2 * 60_000, report: 10 * 60_000, progress: 60 * 60_000 };
/** Commands that wait for one station. Beyond the limit they end `busy`. */
export const MAX_QUEUED_COMMANDS = 50;
/** Unanswered commands in a row after which a station is told to reconnect: some answer nothing before they do (quirk 7). */
export const MAX_TIMEOUTS = 2;
/** Command ids that are remembered, so that a redelivered command is not sent twice. */
export const MAX_SEEN_COMMANDS = 50_000;
/** Room in a record for what the router's event adds to the result of a command. */
export const RESULT_ROOM_BYTES = 16_384;
/** Bytes of results of commands that wait while the bus is away. Beyond the limit the oldest is given up, and the router's deadline ends its command. */
export const MAX_WAITING_RESULT_BYTES = 64 * 1024 * 1024;
/**
 * The same of events of connections: beginnings and ends of some 30,000 connections. Beyond the limit the oldest is given up; the registry still knows who is
 * connected.
 */
export const MAX_WAITING_EVENT_BYTES = 16 * 1024 * 1024;
/** Profiles that are remembered in case the registry is away, no longer than the registry itself would keep them. */
export const MAX_REMEMBERED_PROFILES = 20_000;
/** Profile requests that are open at once. Beyond the limit upgrades are answered 503. */
export const MAX_PROFILE_REQUESTS = 2_000;
/** The same limit for one address, so that a flood from there while device-config is slow leaves most requests to others. */
export const MAX_PROFILE_REQUESTS_PER_SOURCE = 500;
export const PROFILE_REQUEST_MS = 5_000;
/**
 * Connections of one station from one address that proved the password, so that nobody else can use them up. Beyond the limit: 429, because the station
 * replaces its own connections faster than they can be of use.
 */
export const AUTHENTICATED_ATTEMPTS = { burst: 120, perSecond: 2 };
/** Upgrades in one station's name from one address that prove nothing. Beyond the limit: 429. The identity itself is never locked. */
export const STATION_ATTEMPTS = { burst: 30, perSecond: 0.5 };
/** Refused upgrades of one address (IPv4, or an IPv6 /64), behind which a whole site may be. Beyond the limit: 429, and no profile is requested. */
export const ADDRESS_REFUSALS = { burst: 300, perSecond: 10 };
/** The same limit for the network of the address (/24, or /48). The owner of many addresses has five times as much, not as many times. */
export const NETWORK_REFUSALS = { burst: 1_500, perSecond: 50 };
/**
 * Profile requests for names that come again after the limit of their address was reached: a station repeats its own name, a guesser invents new ones.
 * Beyond the limit: 429, and the station comes again.
 */
export const SECOND_ATTEMPTS = { burst: 20, perSecond: 2 };
/** How long a name is remembered that was refused by the limit, or whose attempt proved nothing, milliseconds. */
export const REMEMBER_ATTEMPTS_MS = { limited: 10 * 60_000, unproven: 60_000 };
/** Addresses whose refusals are counted. The least recently seen is forgotten. */
export const MAX_ADDRESSES = 10_000;
/** Pairs of station and address whose attempts and admission are remembered. The least recently seen is forgotten. */
export const MAX_STATIONS_SEEN = 50_000;
/** Refusals of one station from one address for one reason that are published (`csms.connections.v1`). The others are only counted. */
export const PUBLISHED_REFUSALS = { burst: 10, perSecond: 0.2 };
/** The same limit for one address in any name: a site behind one router is published within minutes, and a guesser fills no tables. */
export const PUBLISHED_REFUSALS_PER_ADDRESS = { burst: 100, perSecond: 1 };
/** Take-overs of one identity that restarts and half-open sockets explain. Beyond the limit two units may share it, which the operator is warned of. */
export const TAKE_OVERS = { burst: 5, perSecond: 1 / 60 };
/** Retry-After of a 503 or 429, seconds. It is spread, or all stations would come back at once. */
export const RETRY_AFTER_SECONDS = { least: 5, most: 30 };
/** Connections that are asserted in one call to the registry. */
export const ASSERT_BATCH = 1_000;
export const LEASE_RENEWAL_MS = 5_000;
/** A ping comes up to this share of the interval early, so that stations that connected together are not pinged together. */
export const PING_SPREAD = 0.2;
/** Time after which a new connection is pinged in any case, to know whether the station answers pings, milliseconds. */
export const FIRST_PING_MS = 10_000;
/** Ping intervals of silence after which a station counts as gone; heartbeat intervals for a station that never answered a ping. */
export const SILENT_INTERVALS = 2.5;
/** How often every session is checked for pings, silence and expired commands, milliseconds. */
export const TICK_MS = 1_000;
/** The least number of sockets that a drain closes per second; more when the time is short. */
export const DRAIN_PER_SECOND = 200;
/** The share of a drain's time in which sockets are closed. The rest is for calls that are still open. */
export const DRAIN_SHARE = 0.6;
