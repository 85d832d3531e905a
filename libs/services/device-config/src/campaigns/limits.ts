/** Campaigns of a tenant that have not ended; 409 beyond. */
export const MAX_OPEN = 20;
/** Stations of a campaign; 409 beyond. */
export const MAX_STATIONS = 100_000;
/** Waves that a campaign may name, the rest not counted. */
export const MAX_WAVES = 20;
/** Values of one condition of a filter. */
export const MAX_NAMES = 50;
/** Stations that one look starts in one campaign: a second or two of work, and the next look comes seconds later. 10,000 stations take five minutes. */
export const START_BATCH = 200;
/** Results of one campaign that one look judges. */
export const JUDGE_BATCH = 1_000;
/** Campaigns that one look advances, those first that were not looked at for the longest time. */
export const SWEEP_BATCH = 100;
/** Time that a station has for itself after its boot. */
export const SETTLE_MS = 10_000;
/** Before a station is looked at again that had something else to do, or was away before it could be asked. */
export const POSTPONE_MS = 120_000;
/** Seconds over which the stations of a wave are spread where nothing else is asked for, and at most. */
export const JITTER_SECONDS = { usual: 600, most: 86_400 };
/** Stations that may be at work at once where nothing else is asked for, and at most. */
export const AT_ONCE = { usual: 50, most: 5_000 };
/** Failures after which a campaign stops where nothing else is asked for. */
export const MAX_FAILURES = { usual: 5, most: MAX_STATIONS };
/** Hours between the end of a wave and the beginning of the next, at most. */
export const MAX_REST_HOURS = 720;
/** Hours after which a station has failed whose security profile is being raised where nothing else is asked for, and at most: longer than a reset may wait. */
export const RAISE_HOURS = { usual: 48, most: 720 };
/** Hours after which a station has failed that was asked for a new certificate where nothing else is asked for, and at most. */
export const CERTIFICATE_HOURS = { usual: 24, most: 168 };
/** Hours that a wave waits for stations that cannot be asked where nothing else is asked for, and at most. */
export const WAVE_HOURS = { usual: 72, most: 2_160 };
