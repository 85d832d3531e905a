/** A delivery is tried for three days; then it is dead. */
export const RETRY_WINDOW_MS = 3 * 86_400_000;

/** When a delivery is made, or made to wait again, and until when it is tried. */
export interface DeliveryTimes {
  at: Date;
  giveUpAt: Date;
}

export function deliveryTimes(at: Date): DeliveryTimes {
  return { at, giveUpAt: new Date(at.getTime() + RETRY_WINDOW_MS) };
}

/**
 * Seconds between an attempt that failed and the next one, by the number of attempts so far. The last one repeats until the window ends: about 16 attempts in
 * all. The first ones are for a receiver that restarts, the last ones for one that somebody repairs.
 */
export const RETRY_DELAYS_SECONDS = [5, 60, 300, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 28_800, 43_200] as const;

/** Each delay is made up to so much shorter or longer, so that deliveries that failed together do not come back together. */
export const JITTER = 0.1;

/** A receiver that asks for a longer pause (`Retry-After`) gets at most this, seconds. */
export const MAX_RETRY_AFTER_SECONDS = 43_200;

interface FailedAttempt {
  at: Date;
  /** Attempts of the delivery, this one included. */
  tries: number;
  giveUpAt: Date;
  /** What a 429 or 503 asks for; null: nothing. */
  retryAfterSeconds: number | null;
}

/** When a delivery is tried again after an attempt that failed; null: it is dead. `random`: 0 to 1. The last attempt is at the end of the window. */
export function nextAttemptAt({ at, tries, giveUpAt, retryAfterSeconds }: FailedAttempt, random: number): Date | null {
  if (at >= giveUpAt) return null;
  const usual = RETRY_DELAYS_SECONDS[Math.min(tries, RETRY_DELAYS_SECONDS.length) - 1] ?? RETRY_DELAYS_SECONDS[0];
  const seconds = usual * (1 - JITTER + 2 * JITTER * random);
  const asked = Math.min(retryAfterSeconds ?? 0, MAX_RETRY_AFTER_SECONDS);
  return new Date(Math.min(at.getTime() + Math.max(seconds, asked) * 1_000, giveUpAt.getTime()));
}

/** The seconds of a `Retry-After` header, which may be a date; null where it is neither. */
export function retryAfterSeconds(header: string | undefined, now: Date): number | null {
  if (header === undefined) return null;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header);
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, (at - now.getTime()) / 1_000);
}
