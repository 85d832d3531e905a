import { appears, rising, steady, steps, type AlertCase } from './alert-case';

const ENDED = 'csms_transaction_events_total{kind="voltbus.transaction.ended"}';

export const BILLING_CASES: readonly AlertCase[] = [
  {
    title: 'a session stays without a CDR though it was reminded of',
    minutes: 30,
    series: { csms_transaction_reminders_total: '0x5 1x10 2x10 3x30' },
    fires: ['VoltbusCdrMissing page'],
  },
  {
    title: 'a reminder brought the CDR',
    minutes: 30,
    series: { csms_transaction_reminders_total: '0x5 1x40' },
    fires: [],
    about: ['VoltbusCdrMissing'],
  },
  {
    title: 'one in ten CDRs is held',
    minutes: 150,
    series: { 'csms_cdr_reviews_total{state="held"}': '0+0.1x300', 'csms_cdrs_total{kind="charge"}': rising(1) },
    fires: ['VoltbusCdrNeedsReviewGrowing ticket'],
  },
  {
    title: 'one in a thousand CDRs is held',
    minutes: 150,
    series: { 'csms_cdr_reviews_total{state="held"}': '0+0.1x300', 'csms_cdrs_total{kind="charge"}': rising(100) },
    fires: [],
    about: ['VoltbusCdrNeedsReviewGrowing'],
  },
  {
    title: 'a CDR has waited for four days',
    minutes: 90,
    series: { csms_cdr_held_oldest_seconds: steady(345_600) },
    fires: ['VoltbusCdrReviewOverdue ticket'],
  },
  {
    title: 'a CDR has waited for a day',
    minutes: 90,
    series: { csms_cdr_held_oldest_seconds: steady(86_400) },
    fires: [],
    about: ['VoltbusCdrReviewOverdue'],
  },
  {
    title: 'one in ten sessions lacks its start',
    minutes: 175,
    series: { 'csms_transaction_anomalies_total{kind="orphan-stop"}': '0+0.1x300', [ENDED]: rising(1) },
    fires: ['VoltbusOrphanTransactions ticket'],
  },
  {
    title: 'five sessions lack their end',
    minutes: 150,
    series: { 'csms_transaction_anomalies_total{kind="silent-end"}': '0x20 5x300', [ENDED]: rising(1) },
    fires: [],
    about: ['VoltbusOrphanTransactions'],
  },
  {
    title: 'a session has no price',
    minutes: 30,
    series: { 'csms_sessions_without_price_total{reason="none-set"}': steps(0, 20, 1) },
    fires: ['VoltbusSessionsWithoutPrice ticket'],
  },
  {
    title: 'every session has a price',
    minutes: 30,
    series: { 'csms_sessions_without_price_total{reason="none-set"}': steady(0) },
    fires: [],
    about: ['VoltbusSessionsWithoutPrice'],
  },
  {
    title: 'no process sends webhooks',
    minutes: 20,
    series: { csms_webhook_overdue_seconds: '0+60x60' },
    fires: ['VoltbusWebhooksLate page'],
  },
  {
    title: 'webhooks are sent in time',
    minutes: 20,
    series: { csms_webhook_overdue_seconds: steady(2) },
    fires: [],
    about: ['VoltbusWebhooksLate'],
  },
  {
    title: 'a receiver fails for hours',
    minutes: 90,
    series: { csms_webhooks_failing: steps(0, 10, 1) },
    fires: ['VoltbusWebhooksFail ticket'],
  },
  {
    title: 'a webhook is disabled',
    minutes: 90,
    series: { csms_webhooks_failing: steady(0), csms_webhooks_disabled: steps(0, 10, 1) },
    fires: ['VoltbusWebhooksFail ticket'],
  },
  {
    title: 'a receiver restarts',
    minutes: 90,
    series: { csms_webhooks_failing: '0x10 1x10 0x90', csms_webhooks_disabled: steady(0) },
    fires: [],
    about: ['VoltbusWebhooksFail'],
  },
  {
    title: 'events of a webhook are dropped',
    minutes: 30,
    series: { 'csms_webhook_deliveries_total{outcome="dropped"}': appears(25, 7) },
    fires: ['VoltbusWebhookEventsDropped ticket'],
  },
  {
    title: 'events of a webhook are delivered',
    minutes: 30,
    series: { 'csms_webhook_deliveries_total{outcome="delivered"}': rising(7) },
    fires: [],
    about: ['VoltbusWebhookEventsDropped'],
  },
];
