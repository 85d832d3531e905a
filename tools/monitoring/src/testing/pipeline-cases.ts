import { appears, rising, steady, steps, type AlertCase } from './alert-case';

const LAG = 'csms_kafka_consumer_lag_seconds';
const DLQ = 'csms_kafka_dlq_total';

export const PIPELINE_CASES: readonly AlertCase[] = [
  {
    title: 'ended sessions wait two minutes for their CDRs',
    minutes: 20,
    series: { [`${LAG}{topic="csms.transactions.v1", group="cdr:csms.transactions.v1"}`]: steady(120) },
    fires: ['VoltbusCdrLagHigh page'],
  },
  {
    title: 'messages about transactions wait two minutes',
    minutes: 20,
    series: { [`${LAG}{topic="csms.internal.ocpp.transaction.v1", group="transaction:csms.internal.ocpp.transaction.v1"}`]: steady(120) },
    fires: ['VoltbusCdrLagHigh page'],
  },
  {
    title: 'ended sessions wait for as long as a rebalance takes',
    minutes: 20,
    series: { [`${LAG}{topic="csms.transactions.v1", group="cdr:csms.transactions.v1"}`]: '0x10 90x3 0x20' },
    fires: [],
    about: ['VoltbusCdrLagHigh'],
  },
  {
    title: 'copies of frames wait six minutes',
    minutes: 20,
    series: { [`${LAG}{topic="csms.internal.frames.v1", group="device-config:csms.internal.frames.v1"}`]: steady(400) },
    fires: ['VoltbusKafkaLagHigh ticket'],
  },
  {
    title: 'copies of frames wait two minutes',
    minutes: 20,
    series: { [`${LAG}{topic="csms.internal.frames.v1", group="device-config:csms.internal.frames.v1"}`]: steady(120) },
    fires: [],
    about: ['VoltbusKafkaLagHigh'],
  },
  {
    title: 'a handler fails at most stations',
    minutes: 20,
    series: { 'csms_kafka_consumer_stops_total{group="transaction", handler="h"}': appears(15, 1) },
    fires: ['VoltbusConsumerStopped page'],
  },
  {
    title: 'a handler failed an hour ago',
    minutes: 90,
    series: { 'csms_kafka_consumer_stops_total{group="transaction", handler="h"}': '0x30 1x90' },
    fires: [],
    about: ['VoltbusConsumerStopped'],
  },
  {
    title: 'Kafka accepts no records',
    minutes: 20,
    series: { 'csms_kafka_produce_errors_total{topic="csms.cdrs.v1"}': rising(5) },
    fires: ['VoltbusKafkaUnavailable page'],
  },
  {
    title: 'stations are refused because Kafka is away',
    minutes: 20,
    series: { 'csms_gateway_handshakes_total{result="bus-away"}': rising(5) },
    fires: ['VoltbusKafkaUnavailable page'],
  },
  {
    title: 'Kafka refused records for a moment an hour ago',
    minutes: 90,
    series: { 'csms_kafka_produce_errors_total{topic="csms.cdrs.v1"}': '0x20 5x90' },
    fires: [],
    about: ['VoltbusKafkaUnavailable'],
  },
  {
    title: 'the first ended session that cannot be billed',
    minutes: 30,
    series: { [`${DLQ}{topic="csms.transactions.v1", group="cdr", kind="defect"}`]: appears(28, 1) },
    fires: ['VoltbusCdrDeadLetters page'],
  },
  {
    title: 'the cdr service cannot handle a tenant',
    minutes: 30,
    series: { [`${DLQ}{topic="csms.internal.tenants.v1", group="cdr", kind="defect"}`]: '0x20 1x30' },
    fires: ['VoltbusCdrDeadLetters page'],
  },
  {
    title: 'one more cannot be billed after a restart',
    minutes: 100,
    series: { [`${DLQ}{topic="csms.transactions.v1", group="cdr", kind="defect"}`]: '4x90 1x30' },
    fires: ['VoltbusCdrDeadLetters page'],
  },
  {
    title: 'a session could not be billed yesterday',
    minutes: 150,
    series: { [`${DLQ}{topic="csms.transactions.v1", group="cdr", kind="defect"}`]: steady(1) },
    fires: [],
    about: ['VoltbusCdrDeadLetters'],
  },
  {
    title: 'a station sends what cannot be handled, many times',
    minutes: 60,
    series: { [`${DLQ}{topic="csms.internal.ocpp.device.v1", group="device-config", kind="poison"}`]: rising(4) },
    fires: ['VoltbusDeadLetters ticket'],
  },
  {
    title: 'a station sends what cannot be handled, now and then',
    minutes: 60,
    series: { [`${DLQ}{topic="csms.internal.ocpp.device.v1", group="device-config", kind="poison"}`]: '0x10 20x60' },
    fires: [],
    about: ['VoltbusDeadLetters'],
  },
  {
    title: 'events stay in an outbox',
    minutes: 20,
    series: { 'csms_outbox_oldest_seconds{schema="cdr"}': '0+30x60' },
    fires: ['VoltbusOutboxStuck page'],
  },
  {
    title: 'events stay in an outbox for a minute',
    minutes: 20,
    series: { 'csms_outbox_oldest_seconds{schema="cdr"}': steady(60) },
    fires: [],
    about: ['VoltbusOutboxStuck'],
  },
  {
    title: 'an event is refused by the bus',
    minutes: 20,
    series: { 'csms_outbox_refused{schema="cdr"}': steps(0, 15, 1) },
    fires: ['VoltbusOutboxRefused ticket'],
  },
  {
    title: 'no event is refused by the bus',
    minutes: 20,
    series: { 'csms_outbox_refused{schema="cdr"}': steady(0) },
    fires: [],
    about: ['VoltbusOutboxRefused'],
  },
];
