import { REMIND_AFTER_MS, isReminderDue } from './billing-reminder';

const NOW = Date.parse('2026-11-29T12:00:00Z');

it.each([
  ['of a revision without a CDR is due when the time for one is over', 2, 1, REMIND_AFTER_MS + 1, true],
  ['of a revision without a CDR is not due before', 2, 1, REMIND_AFTER_MS, false],
  ['of a billed revision is never due', 2, 2, 10 * REMIND_AFTER_MS, false],
  ['of a revision before the billed one is never due', 1, 2, 10 * REMIND_AFTER_MS, false],
])('a reminder %s', (_title, revision, billedRevision, ageMs, due) => {
  expect(isReminderDue({ revision, billedRevision, publishedAt: NOW - ageMs }, NOW)).toBe(due);
});
