import { risen, type Alert } from './alert';

/** Groups whose delay makes CDRs late: the ones of `cdr`, and `transaction`’s of messages about transactions. */
const CDR_PATH = 'group=~"cdr:.*|transaction:csms.internal.ocpp.transaction.*"';
const NOT_CDR_PATH = CDR_PATH.replace('=~', '!~');

/** Kafka, outbox and dead letters. */
export const PIPELINE_ALERTS: readonly Alert[] = [
  {
    name: 'VoltbusCdrLagHigh',
    severity: 'page',
    expression: `max by (namespace, topic, group) (csms_kafka_consumer_lag_seconds{${CDR_PATH}}) > 60`,
    minutes: 10,
    summary: 'Records of {{ $labels.topic }} wait {{ $value }} s for {{ $labels.group }}: CDRs are late',
    runbook: 'consumer-lag',
    board: 'pipeline',
  },
  {
    name: 'VoltbusKafkaLagHigh',
    severity: 'ticket',
    expression: `max by (namespace, topic, group) (csms_kafka_consumer_lag_seconds{${NOT_CDR_PATH}}) > 300`,
    minutes: 10,
    summary: 'Records of {{ $labels.topic }} wait {{ $value }} s for {{ $labels.group }}',
    runbook: 'consumer-lag',
    board: 'pipeline',
  },
  {
    name: 'VoltbusConsumerStopped',
    severity: 'page',
    expression: `sum by (namespace, group, handler) (${risen('csms_kafka_consumer_stops_total', '15m')}) > 0`,
    minutes: 0,
    summary: '{{ $labels.handler }} of {{ $labels.group }} fails at most stations, so that consuming stops and is tried again',
    runbook: 'consumer-stopped',
    board: 'pipeline',
  },
  {
    name: 'VoltbusKafkaUnavailable',
    severity: 'page',
    expression: `sum by (namespace) (rate(csms_kafka_produce_errors_total[5m])) > 0
  or sum by (namespace) (rate(csms_gateway_handshakes_total{result="bus-away"}[5m])) > 0`,
    minutes: 2,
    summary: 'Kafka does not accept records: stations are not answered, or not let in',
    runbook: 'kafka-unavailable',
    board: 'pipeline',
  },
  {
    name: 'VoltbusCdrDeadLetters',
    severity: 'page',
    expression: `sum by (namespace, topic, group) (${risen('csms_kafka_dlq_total{topic="csms.transactions.v1"}', '1h')}) > 0
  or sum by (namespace, topic, group) (${risen('csms_kafka_dlq_total{topic!="csms.transactions.v1", group="cdr"}', '1h')}) > 0`,
    minutes: 0,
    summary: '{{ $labels.group }} could not handle {{ $value }} records of {{ $labels.topic }}: bills are missing or wrong',
    runbook: 'dead-letters',
    board: 'pipeline',
  },
  {
    name: 'VoltbusDeadLetters',
    severity: 'ticket',
    expression: `sum by (namespace, topic, group) (${risen('csms_kafka_dlq_total{topic!="csms.transactions.v1", group!="cdr"}', '1h')}) > 100`,
    minutes: 0,
    summary: '{{ $labels.group }} could not handle {{ $value }} records of {{ $labels.topic }} within an hour',
    runbook: 'dead-letters',
    board: 'pipeline',
  },
  {
    name: 'VoltbusOutboxStuck',
    severity: 'page',
    expression: 'max by (namespace, schema) (csms_outbox_oldest_seconds) > 120',
    minutes: 2,
    summary: 'Events of {{ $labels.schema }} have waited {{ $value }} s to be published',
    runbook: 'outbox-stuck',
    board: 'pipeline',
  },
  {
    name: 'VoltbusOutboxRefused',
    severity: 'ticket',
    expression: 'max by (namespace, schema) (csms_outbox_refused) > 0',
    minutes: 0,
    summary: '{{ $value }} events of {{ $labels.schema }} are refused by the bus and were put aside',
    runbook: 'outbox-refused',
    board: 'pipeline',
  },
];
