import { JITTER, RETRY_MS, UNREAD_HOURS } from '../limits';

const HOUR_MS = 3_600_000;

interface Schedule {
  /** Hours between two checks of a station that does not boot; 0: none. */
  everyHours: number;
  now: Date;
  /** From 0 to 1. */
  random: number;
}

/** When a station is checked again after a check that left something to do, was not answered too often, or neither. Null: when it boots or a profile changes. */
export function nextCheck(left: 'unfinished' | 'unread' | 'nothing', { everyHours, now, random }: Schedule): Date | null {
  const hours = left === 'unread' && everyHours === 0 ? UNREAD_HOURS : everyHours;
  const ms = (left === 'unfinished' ? RETRY_MS : hours * HOUR_MS) * (1 + JITTER * (2 * random - 1));
  return ms === 0 ? null : new Date(now.getTime() + ms);
}
