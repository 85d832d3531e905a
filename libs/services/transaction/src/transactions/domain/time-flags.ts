import type { Flag, StationTime } from '@voltbus/contracts';

const HOUR_MS = 3_600_000;
/**
 * A believed clock that is further ahead than any local time written as UTC could be: nothing happens after it is
 * received.
 */
const ODD_AHEAD_MS = 14 * HOUR_MS;
/** Longer than most outages; such a message not marked offline is flagged, for a review of the CDR. */
const ODD_BEHIND_MS = 7 * 24 * HOUR_MS;

/** Flags of the time of a start or an end. `offline`: the station queued the message (2.x). */
export function timeFlags(time: StationTime, receivedAt: Date, how: { offline: boolean }): Flag[] {
  if (time.raw !== null) return ['clock'];
  return isOdd(time, receivedAt, how) ? ['time-implausible'] : [];
}

function isOdd({ at }: StationTime, receivedAt: Date, { offline }: { offline: boolean }): boolean {
  const ahead = at - receivedAt.getTime();
  return ahead > ODD_AHEAD_MS || (!offline && ahead < -ODD_BEHIND_MS);
}
