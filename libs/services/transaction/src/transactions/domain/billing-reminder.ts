/** How long a CDR may take before the end of its transaction is published again. */
export const REMIND_AFTER_MS = 600_000;

/** An ended transaction, as far as its billing goes. */
interface Billing {
  /** The revision that was published last. */
  revision: number;
  /** The latest revision with a CDR that was issued or is held for review; 0: none. */
  billedRevision: number;
  /** When the end was published last, epoch milliseconds. */
  publishedAt: number;
}

/** Whether the end is published again, as a reminder: no CDR of its revision was seen in time. */
export function isReminderDue({ revision, billedRevision, publishedAt }: Billing, now: number): boolean {
  return billedRevision < revision && publishedAt < now - REMIND_AFTER_MS;
}
