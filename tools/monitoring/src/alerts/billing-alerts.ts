import { risen, type Alert } from './alert';

const ENDED = 'csms_transaction_events_total{kind="voltbus.transaction.ended"}';
const ORPHANS = 'csms_transaction_anomalies_total{kind=~"orphan-stop|matched-stop|implicit-end|silent-end"}';
const HELD = 'csms_cdr_reviews_total{state="held"}';
const REMINDERS = 'sum by (namespace) (increase(csms_transaction_reminders_total[15m]))';

/** Sessions and their bills. */
export const BILLING_ALERTS: readonly Alert[] = [
  {
    name: 'VoltbusCdrMissing',
    severity: 'page',
    // A reminder is published every ten minutes for each ended session without a CDR: two in a row mean that the first one did not help.
    expression: `${REMINDERS} > 0 and ${REMINDERS.replace('[15m]', '[15m] offset 15m')} > 0`,
    minutes: 0,
    summary: 'Sessions ended more than 20 minutes ago and have no CDR',
    runbook: 'cdr-missing',
    board: 'billing',
  },
  {
    name: 'VoltbusCdrNeedsReviewGrowing',
    severity: 'ticket',
    expression: `sum by (namespace) (increase(${HELD}[1d])) > 0.005 * sum by (namespace) (increase(csms_cdrs_total{kind="charge"}[1d]))
  and sum by (namespace) (increase(${HELD}[1d])) >= 5`,
    minutes: 60,
    summary: '{{ $value }} CDRs were held for review within a day, more than 0.5 %',
    runbook: 'cdr-needs-review',
    board: 'billing',
  },
  {
    name: 'VoltbusCdrReviewOverdue',
    severity: 'ticket',
    expression: 'max by (namespace) (csms_cdr_held_oldest_seconds) > 3 * 86400',
    minutes: 60,
    summary: 'A CDR has waited for an operator for more than three days',
    runbook: 'cdr-needs-review',
    board: 'billing',
  },
  {
    name: 'VoltbusOrphanTransactions',
    severity: 'ticket',
    expression: `sum by (namespace) (increase(${ORPHANS}[1d])) > 0.005 * sum by (namespace) (increase(${ENDED}[1d]))
  and sum by (namespace) (increase(${ORPHANS}[1d])) >= 10`,
    minutes: 60,
    summary: '{{ $value }} sessions within a day lacked their start or their end, more than 0.5 %',
    runbook: 'orphan-transactions',
    board: 'billing',
  },
  {
    name: 'VoltbusSessionsWithoutPrice',
    severity: 'ticket',
    expression: `sum by (namespace, reason) (${risen('csms_sessions_without_price_total', '1h')}) > 0`,
    minutes: 0,
    summary: 'Sessions are billed at nothing, because no tariff applies to them ({{ $labels.reason }})',
    runbook: 'sessions-without-a-price',
    board: 'billing',
  },
  {
    name: 'VoltbusWebhooksLate',
    severity: 'page',
    expression: 'max by (namespace) (csms_webhook_overdue_seconds) > 300',
    minutes: 10,
    summary: 'Webhooks are sent {{ $value }} s late: too few webhooks processes, or none',
    runbook: 'webhooks-late',
    board: 'integrations',
  },
  {
    name: 'VoltbusWebhooksFail',
    severity: 'ticket',
    expression: 'max by (namespace) (csms_webhooks_failing) > 0 or max by (namespace) (csms_webhooks_disabled) > 0',
    minutes: 60,
    summary: 'Receivers of webhooks fail, or were disabled',
    runbook: 'webhooks-fail',
    board: 'integrations',
  },
  {
    name: 'VoltbusWebhookEventsDropped',
    severity: 'ticket',
    expression: `sum by (namespace) (${risen('csms_webhook_deliveries_total{outcome="dropped"}', '1h')}) > 0`,
    minutes: 0,
    summary: 'Events were dropped because too many deliveries of a webhook wait',
    runbook: 'webhooks-fail',
    board: 'integrations',
  },
];
