import { appears, rising, steady, type AlertCase } from './alert-case';

const IN = 'csms_ocpp_calls_total{direction="in", protocol="ocpp1.6", action="Heartbeat"';
const LATENCY = 'csms_ocpp_call_duration_seconds';

export const OCPP_CASES: readonly AlertCase[] = [
  {
    title: 'a twentieth of the messages gets an error',
    minutes: 30,
    series: { [`${IN}, result="ok"}`]: rising(950), [`${IN}, result="callerror"}`]: rising(50) },
    fires: ['VoltbusOcppErrorRate page'],
  },
  {
    title: 'a twentieth of the messages gets no answer',
    minutes: 30,
    series: { [`${IN}, result="ok"}`]: rising(950), [`${IN}, result="timeout"}`]: rising(50) },
    fires: ['VoltbusOcppErrorRate page'],
  },
  {
    title: 'a hundredth of the messages gets an error',
    minutes: 30,
    series: { [`${IN}, result="ok"}`]: rising(990), [`${IN}, result="callerror"}`]: rising(10) },
    fires: [],
    about: ['VoltbusOcppErrorRate'],
  },
  {
    title: 'the only station sends nothing but nonsense',
    minutes: 30,
    series: { [`${IN}, result="ok"}`]: steady(3), [`${IN}, result="callerror"}`]: rising(2) },
    fires: [],
    about: ['VoltbusOcppErrorRate'],
  },
  {
    title: 'one in twenty answers takes longer than 2.5 s',
    minutes: 30,
    series: {
      [`${LATENCY}_bucket{direction="in", le="1"}`]: rising(950),
      [`${LATENCY}_bucket{direction="in", le="2.5"}`]: rising(950),
      [`${LATENCY}_bucket{direction="in", le="5"}`]: rising(1_000),
      [`${LATENCY}_bucket{direction="in", le="+Inf"}`]: rising(1_000),
      [`${LATENCY}_count{direction="in"}`]: rising(1_000),
    },
    fires: ['VoltbusOcppLatencyHigh page'],
  },
  {
    title: 'stations take long to answer us',
    minutes: 30,
    series: {
      [`${LATENCY}_bucket{direction="out", le="2.5"}`]: rising(0),
      [`${LATENCY}_bucket{direction="out", le="+Inf"}`]: rising(1_000),
      [`${LATENCY}_count{direction="out"}`]: rising(1_000),
      [`${LATENCY}_bucket{direction="in", le="0.5"}`]: rising(1_000),
      [`${LATENCY}_bucket{direction="in", le="+Inf"}`]: rising(1_000),
      [`${LATENCY}_count{direction="in"}`]: rising(1_000),
    },
    fires: [],
    about: ['VoltbusOcppLatencyHigh'],
  },
  {
    title: 'a firmware begins to send what no schema fits',
    minutes: 175,
    series: { 'csms_ocpp_validation_failures_total{protocol="ocpp1.6", action="MeterValues"}': '0x150 0+2x100' },
    fires: ['VoltbusVendorRegression ticket'],
  },
  {
    title: 'as many messages do not fit as always',
    minutes: 480,
    series: { 'csms_ocpp_validation_failures_total{protocol="ocpp1.6", action="MeterValues"}': '0+1x600' },
    fires: [],
    about: ['VoltbusVendorRegression'],
  },
  {
    title: 'half of the resets get no answer',
    minutes: 90,
    series: {
      'csms_ocpp_calls_total{direction="out", action="Reset", result="timeout"}': rising(1),
      'csms_ocpp_calls_total{direction="out", action="Reset", result="ok"}': rising(1),
    },
    fires: ['VoltbusCommandsUnanswered ticket'],
  },
  {
    title: 'three resets of a day get no answer',
    minutes: 90,
    series: { 'csms_ocpp_calls_total{direction="out", action="Reset", result="timeout"}': '0x60 3x60' },
    fires: [],
    about: ['VoltbusCommandsUnanswered'],
  },
  {
    title: 'the authorization service fails every second time',
    minutes: 20,
    series: {
      'csms_authorization_questions_total{outcome="failed"}': rising(2),
      'csms_authorization_questions_total{outcome="answered"}': rising(2),
    },
    fires: ['VoltbusAuthorizerFailing page'],
  },
  {
    title: 'the authorization service failed once',
    minutes: 20,
    series: {
      'csms_authorization_questions_total{outcome="failed"}': '0x10 1x60',
      'csms_authorization_questions_total{outcome="answered"}': rising(2),
    },
    fires: [],
    about: ['VoltbusAuthorizerFailing'],
  },
  {
    title: 'a day of readings has no partition of its own',
    minutes: 30,
    series: { 'csms_transaction_anomalies_total{kind="partition"}': appears(25, 1) },
    fires: ['VoltbusReadingsPartitionMissing ticket'],
  },
  {
    title: 'repeats of messages are no missing partition',
    minutes: 30,
    series: { 'csms_transaction_anomalies_total{kind="repeat"}': appears(25, 9) },
    fires: [],
    about: ['VoltbusReadingsPartitionMissing'],
  },
];
