import { LOG_BURST, LOG_WINDOW_MS, LogBudget } from './log-budget';

it('logs so many lines in a window, and reports in the next one how many it suppressed', () => {
  const budget = new LogBudget();
  const admitted = Array.from({ length: LOG_BURST + 30 }, (_, n) => budget.admit(n));
  expect(admitted).toEqual(admitted.map((_, n) => (n < LOG_BURST ? 0 : null)));
  expect([budget.admit(LOG_WINDOW_MS), budget.admit(LOG_WINDOW_MS + 1)]).toEqual([30, 0]);
});
