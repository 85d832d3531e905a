/** Every number that bounds what stations, and our own services, can cost a gateway. */

/** Station calls being answered at once; a well-behaved station has one. Beyond: 1008. */
export const MAX_PENDING_CALLS = 8;
/** SENDs of one station on their way to the bus. Beyond: dropped and counted, as SENDs may be. */
export const MAX_PENDING_SENDS = 100;
/**
 * Messages of a station that are looked at: so many at once, and so many a second for ever. Faster ones wait. Far above what stations do, so that one
 * that replays what it kept offline (thousands of messages, one at a time) is through in minutes.
 */
export const MESSAGE_RATE = { burst: 500, perSecond: 100 };
/** Each further unit of a message's length counts as one more message: at most 1.5 MiB/s of one station reach the bus. */
export const FRAME_UNIT_BYTES = 16 * 1024;
/** Messages that wait for their turn, or for the connection to be registered; an honest station has one call and one answer under way. Beyond: 1008. */
export const MAX_WAITING_FRAMES = 16;
/** The same in bytes: two of the largest messages. */
export const MAX_WAITING_BYTES = 2 * 1024 * 1024;
/** Pings and pongs of a station. Beyond: 1008; they cannot wait, and nobody needs more. */
export const CONTROL_RATE = { burst: 100, perSecond: 10 };
/** Frames in a row that cannot be used; then the socket is closed with 1002. */
export const MAX_STRIKES = 10;
/**
 * How long a station that has just connected is not called, milliseconds (quirk 6), looked at every second. All of it is less than the 30 s that a command
 * may wait for its turn.
 */
export const CALL_HOLD_OFF_MS = {
  /** It has booted before and says nothing: it may have started anew. Seen in the field: a boot three seconds after the connection. */
  known: 4_000,
  /** It never booted: a boot is to come. */
  unknown: 10_000,
  /** It has asked for its boot's answer. */
  booting: 10_000,
  /** It was accepted, and its first report is to come. */
  booted: 3_000,
  /** However often it boots. */
  most: 25_000,
};
/**
 * How long a station may owe us its boot, milliseconds: one that never booted, or whose last boot was not answered and is not repeated (quirk 87). Then it is
 * asked for it, and a minute later told to reconnect.
 */
export const MISSING_BOOT_MS = { untilTriggered: 120_000, untilClosed: 180_000 };
/** Stations that left with their boot unanswered, remembered for their next connection here; the least recent is forgotten, and not asked. */
export const MAX_UNANSWERED_BOOTS = 10_000;
/** Messages a station that is not accepted was asked for and has not sent; the oldest is forgotten, and refused like one that nobody asked for. */
export const MAX_REQUESTED_MESSAGES = 100;
/** How long such a message may take, milliseconds; parts and progress count from the one before. */
export const REQUESTED_MESSAGE_MS = { trigger: 2 * 60_000, report: 10 * 60_000, progress: 60 * 60_000 };
/** Commands waiting for one station. Beyond: `busy`. */
export const MAX_QUEUED_COMMANDS = 50;
/** Unanswered commands in a row after which a station is told to reconnect (protocol: some answer nothing until they do). */
export const MAX_TIMEOUTS = 2;
/** Command ids remembered, so that a redelivered one is not sent twice. */
export const MAX_SEEN_COMMANDS = 50_000;
/** What becomes of the result of a call behind us, the end of its command, says some more of it: room for that in the same record size. */
export const RESULT_ROOM_BYTES = 16_384;
/** Bytes of settlements kept while the bus does not take them. Beyond, the oldest is given up: the router's deadline ends that command. */
export const MAX_WAITING_RESULT_BYTES = 64 * 1024 * 1024;
/** Stations whose profile is remembered for the time the registry is away (and no longer than the registry itself would keep it). */
export const MAX_REMEMBERED_PROFILES = 20_000;
/** Profiles being asked for at once; beyond, upgrades are answered 503. */
export const MAX_PROFILE_REQUESTS = 2_000;
/** The same for who comes from one address: a flood from there while device-config is slow leaves most of them to everybody else. */
export const MAX_PROFILE_REQUESTS_PER_SOURCE = 500;
export const PROFILE_REQUEST_MS = 5_000;
/**
 * Connections of a station from one address that are taken: nobody else can use them up, for only who proved the password is counted. Beyond: 429;
 * it replaces its own connection faster than any of them can be of use.
 */
export const AUTHENTICATED_ATTEMPTS = { burst: 120, perSecond: 2 };
/** Upgrades in one station's name from one address that prove nothing. Beyond: 429. The identity itself is never locked. */
export const STATION_ATTEMPTS = { burst: 30, perSecond: 0.5 };
/** Refused upgrades of one address (IPv4, or an IPv6 /64), in any name. Beyond: 429, and no profile is asked for. A whole network may be behind it. */
export const ADDRESS_REFUSALS = { burst: 300, perSecond: 10 };
/** The same of the network around it (/24, or /48): who has many addresses has five times as much, not as many times. */
export const NETWORK_REFUSALS = { burst: 1_500, perSecond: 50 };
/**
 * Profiles asked for in the names of those who come again after their address was used up: a station says its own name again, who invents names says
 * new ones. Beyond: 429, and it comes again.
 */
export const SECOND_ATTEMPTS = { burst: 20, perSecond: 2 };
/** How long it is remembered that a station comes again, or that it was asked about and proved nothing, milliseconds. */
export const REMEMBER_ATTEMPTS_MS = { limited: 10 * 60_000, unproven: 60_000 };
/** Addresses whose refusals are counted; the least recently seen is forgotten. */
export const MAX_ADDRESSES = 10_000;
/** Stations at an address that are remembered: their attempts, and that they were let in. */
export const MAX_STATIONS_SEEN = 50_000;
/** Refusals of one station from one address for one reason that others are told of (`csms.connections.v1`); the rest is only counted. */
export const PUBLISHED_REFUSALS = { burst: 10, perSecond: 0.2 };
/** The same of one address, whoever it says it is: a depot behind one router is told of within minutes, who guesses names fills nobody's tables. */
export const PUBLISHED_REFUSALS_PER_ADDRESS = { burst: 100, perSecond: 1 };
/** Take-overs of one identity that are nobody's fault: half-open sockets, restarts. Beyond, two units may share it: that is told to the operator. */
export const TAKE_OVERS = { burst: 5, perSecond: 1 / 60 };
/** Retry-After of a 503, seconds: spread, or all come back at once. */
export const RETRY_AFTER_SECONDS = { least: 5, most: 30 };
/** Connections asserted in one go. */
export const ASSERT_BATCH = 1_000;
export const LEASE_RENEWAL_MS = 5_000;
/** A ping comes up to this share of the interval early: stations that came together are not pinged together. */
export const PING_SPREAD = 0.2;
/** So long after it opened, a connection is pinged whatever it says: to know whether the station answers pings. */
export const FIRST_PING_MS = 10_000;
/** Silent for so many ping intervals: gone. For a station that never answered a ping: so many heartbeat intervals. */
export const SILENT_INTERVALS = 2.5;
/** How often every session is looked at: pings, silence, expired commands. */
export const TICK_MS = 1_000;
/** Sockets closed per second in a drain, at least; faster when the time is short. */
export const DRAIN_PER_SECOND = 200;
/** Share of the drain's time in which the sockets are closed; the rest is for calls that are still open. */
export const DRAIN_SHARE = 0.6;
