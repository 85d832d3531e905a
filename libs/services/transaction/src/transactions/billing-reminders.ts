import type { Subscription } from '@voltbus/bus';
import type { TransactionTelemetry } from '../telemetry';

/** How often unbilled transactions are looked for. */
export const REMINDER_INTERVAL_MS = 60_000;
/** Reminders of one sweep at most: after a long outage they must not be a flood. */
const MAX_REMINDERS = 500;
/** The age of records that the lane must have passed: younger ones cannot bill a transaction due for a reminder. */
const LANE_MARGIN_MS = 30_000;

interface BillingRemindersParts {
  views: { remind(now: Date, limit: number): Promise<number> };
  /** Reads `csms.cdrs.v1` and `csms.internal.cdr-reviews.v1`: while they lag, the missing CDR may be waiting in them. */
  cdrs: Pick<Subscription, 'passed'>;
  telemetry: TransactionTelemetry;
  wakeRelay(): void;
  now(): Date;
}

/**
 * Publishes the ends of transactions again that have no CDR, so that nothing depends on the arrival of one event. The
 * CDR service answers a reminder too many with the CDR that exists.
 */
export async function remindUnbilled({ views, cdrs, telemetry, wakeRelay, now }: BillingRemindersParts): Promise<number> {
  const at = now();
  if (!(await cdrs.passed(at.getTime() - LANE_MARGIN_MS))) return 0;
  const reminded = await views.remind(at, MAX_REMINDERS);
  if (reminded === 0) return 0;
  telemetry.remindersPublished(reminded);
  wakeRelay();
  return reminded;
}
