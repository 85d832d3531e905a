/** The instant before which copies are neither shown nor kept. */
export function oldestKept(keepMessagesHours: number, now: Date): Date {
  return new Date(now.getTime() - keepMessagesHours * 3_600_000);
}
