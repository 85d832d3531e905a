/** Every number that bounds what stations, and our own services, can cost a gateway. */

/** Station calls being answered at once; a well-behaved station has one. Beyond: 1008. */
export const MAX_PENDING_CALLS = 8;
/** SENDs of one station on their way to the bus. Beyond: dropped and counted, as SENDs may be. */
export const MAX_PENDING_SENDS = 100;
/** Frames that may arrive while the connection is still being registered. Beyond: 1008. */
export const MAX_EARLY_FRAMES = 16;
/** Frames in a row that cannot be used; then the socket is closed with 1002. */
export const MAX_STRIKES = 10;
/** Messages and pings a station may send: so many at once, and so many a second for ever. An offline queue of a day fits. */
export const RATE = { burst: 500, perSecond: 50 };
/** Commands waiting for one station. Beyond: `busy`. */
export const MAX_QUEUED_COMMANDS = 50;
/** Unanswered commands in a row after which a station is told to reconnect (protocol: some answer nothing until they do). */
export const MAX_TIMEOUTS = 2;
/** Command ids remembered, so that a redelivered one is not sent twice. */
export const MAX_SEEN_COMMANDS = 50_000;
/** Settlements kept while the bus does not take them. Beyond, the oldest is given up: the router's deadline ends that command. */
export const MAX_KEPT_SETTLEMENTS = 20_000;
/** Stations whose profile is remembered for the time the registry is away. */
export const MAX_REMEMBERED_PROFILES = 20_000;
/** Profiles being asked for at once; beyond, upgrades are answered 503. */
export const MAX_PROFILE_ASKS = 2_000;
export const PROFILE_ASK_MS = 5_000;
/** Refused upgrades of one address: so many at once, then one in so many seconds is looked at; the rest gets 429. The identity itself is never locked. */
export const REFUSALS = { burst: 30, everySeconds: 2 };
/** Addresses whose refusals are counted; the least recently seen is forgotten. */
export const MAX_ADDRESSES = 10_000;
/** Retry-After of a 503, seconds: spread, or all come back at once. */
export const RETRY_AFTER_SECONDS = { least: 5, most: 30 };
/** Connections asserted in one go. */
export const ASSERT_BATCH = 1_000;
export const LEASE_RENEWAL_MS = 5_000;
/** Silent for so many ping intervals: gone. */
export const SILENT_INTERVALS = 2.5;
/** How often every session is looked at: pings, silence, expired commands. */
export const TICK_MS = 1_000;
/** Sockets closed per second in a drain, at least; faster when the time is short. */
export const DRAIN_PER_SECOND = 200;
/** Share of the drain's time in which the sockets are closed; the rest is for calls that are still open. */
export const DRAIN_SHARE = 0.6;

/** Close codes as stations see them. */
export const CLOSE = { normal: 1000, protocol: 1002, policy: 1008, restart: 1012, tryLater: 1013 } as const;
