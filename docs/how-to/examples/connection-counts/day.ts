/** The day of an instant in UTC, as `2026-11-29`. */
export function dayOf(instant: Date): string {
  return instant.toISOString().slice(0, 10);
}
