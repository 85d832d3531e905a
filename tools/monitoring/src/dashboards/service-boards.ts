import { budgetLeft, burnRate, type Slo } from '../slos/slo';
import { SLOS } from '../slos/slos';
import { perSecond, quantile, quantiles, stat, timeseries, type Dashboard, type Panel } from './panel';

const API = 'csms_api_request_duration_seconds';

function burnPanel(slo: Slo): Panel {
  return timeseries(
    `Burn rate: ${slo.title}`,
    'short',
    { '1 h': burnRate(slo, '1h'), '6 h': burnRate(slo, '6h'), '3 days': burnRate(slo, '3d') },
    `Objective ${slo.objective * 100} %. 1 uses the budget up in exactly 28 days; 14.4 over an hour calls somebody`,
  );
}

const OBJECTIVES: Dashboard = {
  name: 'slo',
  title: 'objectives',
  panels: [
    ...SLOS.map((slo) => stat(`Budget left: ${slo.title}`, 'percentunit', `min(${budgetLeft(slo)})`)),
    ...SLOS.map(burnPanel),
    timeseries('Alerts that fire', 'short', {
      '{{alertname}} {{severity}}':
        'count by (alertname, severity) (ALERTS{alertname=~"Voltbus.*", alertname!="VoltbusWatchdog", alertstate="firing"})',
    }),
  ],
};

const PIPELINE: Dashboard = {
  name: 'pipeline',
  title: 'pipeline',
  panels: [
    timeseries('Lag, seconds', 's', { '{{group}}': 'topk(10, max by (group) (csms_kafka_consumer_lag_seconds))' }),
    timeseries('Lag, records', 'short', { '{{group}} {{topic}}': 'topk(10, sum by (group, topic) (csms_kafka_consumer_lag_records))' }),
    timeseries('Time to publish, p99', 's', { '{{topic}}': quantile(0.99, 'csms_kafka_produce_duration_seconds', 'topic') }),
    timeseries('Records that Kafka did not accept', 'ops', { '{{topic}}': perSecond('csms_kafka_produce_errors_total', 'topic') }),
    timeseries('Time of a handler, p99', 's', {
      '{{group}} {{topic}}': `topk(10, ${quantile(0.99, 'csms_kafka_handler_duration_seconds', 'group, topic')})`,
    }),
    timeseries('Records handled', 'ops', { '{{group}} {{topic}}': perSecond('csms_kafka_handler_duration_seconds_count', 'group, topic') }),
    timeseries('Dead letters, last hour', 'short', {
      '{{group}} {{topic}} {{kind}}': 'sum by (group, topic, kind) (increase(csms_kafka_dlq_total[1h]))',
    }),
    timeseries('Quarantines and stops', 'ops', {
      'quarantine {{group}}': perSecond('csms_kafka_quarantines_total', 'group'),
      'stop {{group}}': perSecond('csms_kafka_consumer_stops_total', 'group'),
    }),
    timeseries('Joins of consumer groups', 'ops', { '{{group}}': perSecond('csms_kafka_rebalances_total', 'group') }),
    timeseries('Outbox: oldest event', 's', { '{{schema}}': 'max by (schema) (csms_outbox_oldest_seconds)' }),
    timeseries('Outbox: events that wait', 'short', {
      '{{schema}}': 'max by (schema) (csms_outbox_pending)',
      '{{schema}} refused': 'max by (schema) (csms_outbox_refused)',
    }),
    timeseries('Outbox: published', 'ops', { '{{result}}': perSecond('csms_outbox_publish_total', 'result') }),
    timeseries('Time from a session’s end to its CDR', 's', quantiles('csms_cdr_delay_seconds')),
    timeseries('Time to answer in the services, p99', 's', {
      '{{action}}': `topk(10, ${quantile(0.99, 'csms_lane_answer_seconds', 'action')})`,
    }),
    timeseries('Answers of services', 'ops', { '{{result}}': perSecond('csms_lane_answers_total', 'result') }),
    timeseries('Too late to be decided', 'ops', {
      skipped: perSecond('csms_lane_questions_skipped_total'),
      dropped: perSecond('csms_lane_invalid_dropped_total'),
    }),
  ],
};

const BILLING: Dashboard = {
  name: 'billing',
  title: 'billing',
  panels: [
    stat('CDRs, last hour', 'short', 'sum(increase(csms_cdrs_total{kind="charge"}[1h]))'),
    stat('Credits, last day', 'short', 'sum(increase(csms_cdrs_total{kind="credit"}[1d]))'),
    stat('CDRs held for review', 'short', 'max(csms_cdrs_held)'),
    stat('Oldest of them', 's', 'max(csms_cdr_held_oldest_seconds)'),
    stat('Without a price, last day', 'short', 'sum(increase(csms_sessions_without_price_total[1d]))'),
    stat(
      'Reminders, last hour',
      'short',
      'sum(increase(csms_transaction_reminders_total[1h]))',
      'Ended sessions without a CDR after ten minutes',
    ),
    timeseries('CDRs', 'ops', { '{{kind}}, tariff {{tariff}}': perSecond('csms_cdrs_total', 'kind, tariff') }),
    timeseries('Time from a session’s end to its CDR', 's', quantiles('csms_cdr_delay_seconds')),
    timeseries('Reviews', 'ops', { '{{state}}': perSecond('csms_cdr_reviews_total', 'state') }),
    timeseries('Unusual events in sessions', 'ops', { '{{kind}}': perSecond('csms_transaction_anomalies_total', 'kind') }),
    timeseries('Ended sessions and charge CDRs, last day', 'short', {
      ended: 'sum(increase(csms_transaction_events_total{kind="voltbus.transaction.ended"}[1d]))',
      CDRs: 'sum(increase(csms_cdrs_total{kind="charge"}[1d]))',
    }),
    timeseries('Sessions without a price', 'ops', { '{{reason}}': perSecond('csms_sessions_without_price_total', 'reason') }),
    timeseries('Ended or corrected by hand', 'ops', { '{{action}}': perSecond('csms_operator_actions_total', 'action') }),
    timeseries('Payments that stations reported', 'ops', { '{{status}}': perSecond('csms_payments_settled_total', 'status') }),
  ],
};

const DATASTORES: Dashboard = {
  name: 'datastores',
  title: 'data stores',
  panels: [
    timeseries(
      'Postgres: connections at work',
      'short',
      { '{{pod}} {{schema}}': 'sum by (pod, schema) (csms_db_pool_in_use)' },
      'Compare with DATABASE_POOL',
    ),
    timeseries('Postgres: work that waits for a connection', 'short', {
      '{{pod}} {{schema}}': 'sum by (pod, schema) (csms_db_pool_waiting)',
    }),
    timeseries(
      'Retention: oldest row',
      's',
      { '{{schema}}.{{table}}': 'topk(15, max by (schema, table) (csms_retention_oldest_seconds))' },
      'Retention of each table: docs/reference/limits.md',
    ),
    timeseries('Retention: rows removed', 'ops', {
      '{{schema}}.{{table}}': perSecond('csms_retention_removed_rows_total', 'schema, table'),
    }),
    timeseries('Redis: time to answer, p99', 's', { '{{command}}': quantile(0.99, 'csms_redis_command_duration_seconds', 'command') }),
    timeseries('Redis: calls', 'ops', { '{{command}}': perSecond('csms_redis_command_duration_seconds_count', 'command') }),
    timeseries('Redis: errors', 'ops', { '{{command}}': perSecond('csms_redis_errors_total', 'command') }),
    timeseries('Kafka: time to publish', 's', quantiles('csms_kafka_produce_duration_seconds')),
  ],
};

const INTEGRATIONS: Dashboard = {
  name: 'integrations',
  title: 'integrations',
  panels: [
    timeseries('API requests by code', 'reqps', { '{{code}}': perSecond(`${API}_count`, 'code') }),
    timeseries('API requests by route (top 10)', 'reqps', {
      '{{method}} {{route}}': `topk(10, ${perSecond(`${API}_count`, 'method, route')})`,
    }),
    timeseries('API: time to answer, p95 by route (top 10)', 's', {
      '{{method}} {{route}}': `topk(10, ${quantile(0.95, `${API}{route!="/v1/events"}`, 'method, route')})`,
    }),
    timeseries('API: server errors by route', 'reqps', {
      '{{method}} {{route}} {{code}}': perSecond(`${API}_count{code=~"5.."}`, 'method, route, code'),
    }),
    timeseries('Event streams', 'short', { '{{pod}}': 'sum by (pod) (csms_api_event_streams)' }),
    timeseries('Ends of event streams', 'ops', { '{{reason}}': perSecond('csms_api_event_streams_ended_total', 'reason') }),
    timeseries('Webhooks: deliveries', 'ops', { '{{outcome}}': perSecond('csms_webhook_deliveries_total', 'outcome') }),
    timeseries('Webhooks: attempts', 'ops', { '{{result}}': perSecond('csms_webhook_attempts_total', 'result') }),
    timeseries('Webhooks: time from event to receiver', 's', quantiles('csms_webhook_delay_seconds')),
    timeseries('Webhooks: time of an attempt, p99', 's', { '{{result}}': quantile(0.99, 'csms_webhook_attempt_seconds', 'result') }),
    timeseries('Webhooks: deliveries that wait', 'short', { waiting: 'max(csms_webhook_pending)' }),
    timeseries('Webhooks: oldest, and how late we are', 's', {
      oldest: 'max(csms_webhook_oldest_seconds)',
      overdue: 'max(csms_webhook_overdue_seconds)',
    }),
    timeseries('Webhooks: failing and disabled', 'short', {
      failing: 'max(csms_webhooks_failing)',
      disabled: 'max(csms_webhooks_disabled)',
    }),
    timeseries('Webhooks disabled, last day', 'short', { '{{reason}}': 'sum by (reason) (increase(csms_webhooks_disabled_total[1d]))' }),
  ],
};

const RUNTIME: Dashboard = {
  name: 'runtime',
  title: 'processes',
  panels: [
    timeseries(
      'CPU',
      'short',
      { '{{pod}}': 'sum by (pod) (rate(process_cpu_seconds_total[$__rate_interval]) and on (namespace, pod, instance) csms_build_info)' },
      'Cores in use',
    ),
    timeseries('Resident memory', 'bytes', {
      '{{pod}}': 'sum by (pod) (process_resident_memory_bytes and on (namespace, pod, instance) csms_build_info)',
    }),
    timeseries('Heap in use, share of its limit', 'percentunit', {
      '{{pod}}': 'max by (pod) (nodejs_heap_used_bytes / nodejs_heap_limit_bytes)',
    }),
    timeseries('Event loop delay, p99', 's', { '{{pod}}': 'max by (pod) (nodejs_eventloop_delay_seconds{quantile="0.99"})' }),
    timeseries('File descriptors', 'short', {
      '{{pod}}': 'sum by (pod) (process_open_fds and on (namespace, pod, instance) csms_build_info)',
    }),
    timeseries('Age', 's', {
      '{{pod}}': 'time() - max by (pod) (process_start_time_seconds and on (namespace, pod, instance) csms_build_info)',
    }),
    timeseries('Processes', 'short', { '{{process}} {{node}}': 'count by (process, node) (csms_build_info)' }),
    timeseries('Event loop utilization', 'percentunit', { '{{pod}}': 'max by (pod) (nodejs_eventloop_utilization)' }),
  ],
};

export const SERVICE_BOARDS: readonly Dashboard[] = [OBJECTIVES, PIPELINE, BILLING, DATASTORES, INTEGRATIONS, RUNTIME];
