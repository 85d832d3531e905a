/** How long messages are kept where the tenant does not say: a day to see what went wrong in the night. */
export const KEEP_MESSAGES_HOURS = 24;
/** Longest that they may be kept: they are for finding faults, not for records. */
export const MAX_KEEP_MESSAGES_HOURS = 168;

/** What is older is not shown, whenever it goes. */
export function oldestKept(keepMessagesHours: number, now: Date): Date {
  return new Date(now.getTime() - keepMessagesHours * 3_600_000);
}
