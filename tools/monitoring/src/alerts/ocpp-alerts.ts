import { risen, type Alert } from './alert';

const ANSWERS = 'csms_ocpp_calls_total{direction="in"';

/** Messages between stations and services. */
export const OCPP_ALERTS: readonly Alert[] = [
  {
    name: 'VoltbusOcppErrorRate',
    severity: 'page',
    expression: `sum by (namespace) (rate(${ANSWERS}, result!="ok"}[10m])) > 0.02 * sum by (namespace) (rate(${ANSWERS}}[10m]))
  and sum by (namespace) (rate(${ANSWERS}}[10m])) > 0.5`,
    minutes: 10,
    summary: 'More than one in fifty messages of stations gets an error, or no answer ({{ $value }} a second)',
    runbook: 'ocpp-error-rate',
    board: 'gateway',
  },
  {
    name: 'VoltbusOcppLatencyHigh',
    severity: 'page',
    expression: `histogram_quantile(0.99, sum by (namespace, le) (rate(csms_ocpp_call_duration_seconds_bucket{direction="in"}[10m]))) > 2
  and sum by (namespace) (rate(csms_ocpp_call_duration_seconds_count{direction="in"}[10m])) > 0.5`,
    minutes: 10,
    summary: 'One in a hundred stations waits {{ $value }} s for its answer',
    runbook: 'ocpp-latency-high',
    board: 'gateway',
  },
  {
    name: 'VoltbusVendorRegression',
    severity: 'ticket',
    expression: `sum by (namespace, protocol, action) (increase(csms_ocpp_validation_failures_total[1h])) > 20
  and sum by (namespace, protocol, action) (increase(csms_ocpp_validation_failures_total[1h]))
    > 5 * (sum by (namespace, protocol, action) (increase(csms_ocpp_validation_failures_total[6h] offset 1h)) / 6
      or 0 * sum by (namespace, protocol, action) (csms_ocpp_validation_failures_total))`,
    minutes: 0,
    summary:
      '{{ $value }} messages {{ $labels.action }} of {{ $labels.protocol }} did not fit their schema within an hour, five times as many as before',
    runbook: 'vendor-regression',
    board: 'fleet',
  },
  {
    name: 'VoltbusCommandsUnanswered',
    severity: 'ticket',
    expression: `sum by (namespace, action) (increase(csms_ocpp_calls_total{direction="out", result="timeout"}[1h])) > 10
  and sum by (namespace, action) (increase(csms_ocpp_calls_total{direction="out", result="timeout"}[1h]))
    > 0.2 * sum by (namespace, action) (increase(csms_ocpp_calls_total{direction="out"}[1h]))`,
    minutes: 15,
    summary: 'More than a fifth of the commands {{ $labels.action }} get no answer from their stations',
    runbook: 'commands-unanswered',
    board: 'commands',
  },
  {
    name: 'VoltbusAuthorizerFailing',
    severity: 'page',
    expression: `sum by (namespace) (rate(csms_authorization_questions_total{outcome="failed"}[5m]))
    > 0.1 * sum by (namespace) (rate(csms_authorization_questions_total[5m]))
  and sum by (namespace) (increase(csms_authorization_questions_total{outcome="failed"}[5m])) >= 3`,
    minutes: 5,
    summary: 'Your authorization service gives no usable answer: drivers with its tokens may not be able to charge',
    runbook: 'authorizer-failing',
    board: 'fleet',
  },
  {
    name: 'VoltbusReadingsPartitionMissing',
    severity: 'ticket',
    expression: `sum by (namespace) (${risen('csms_transaction_anomalies_total{kind="partition"}', '6h')}) > 0`,
    minutes: 0,
    summary: 'Meter readings of some days stay in the default partition, so that they cannot be dropped as a whole',
    runbook: 'readings-partition-missing',
    board: 'datastores',
  },
];
