/** What Prometheus sees, a value a minute, in the notation of promtool, and which alerts fire at the end. */
export interface AlertCase {
  readonly title: string;
  readonly minutes: number;
  /** Series of the namespace `a`, where all is well otherwise. */
  readonly series: Readonly<Record<string, string>>;
  /** `alert severity`; empty: none. */
  readonly fires: readonly string[];
  /** The alerts that the case is about when none fires. */
  readonly about?: readonly string[];
}

const steady = (value: number): string => `${value}x300`;
const rising = (aMinute: number, from = 0): string => `${from}+${aMinute}x300`;
/** Not there, then there with a value: as counters are. */
const appears = (minute: number, value: number): string => `_x${minute} ${value}x300`;
/** One value up to a minute, then another. */
const steps = (before: number, minute: number, after: number): string => `${before}x${minute} ${after}x300`;
const rushes = (before: number, minute: number, after: number): string => `0+${before}x${minute} ${before * minute}+${after}x300`;

const IN = 'csms_ocpp_calls_total{direction="in", protocol="ocpp1.6", action="Heartbeat"';
const LATENCY = 'csms_ocpp_call_duration_seconds';
const HANDSHAKES = 'csms_gateway_handshakes_total';
const CONNECTIONS = 'csms_gateway_connections{pod="gw-1"}';

export const GATEWAY_CASES: readonly AlertCase[] = [
  {
    title: 'one of two gateways is gone',
    minutes: 20,
    series: { 'csms_gateway_draining{pod="gw-2"}': '0x5 stale' },
    fires: ['VoltbusGatewayDown page'],
  },
  {
    title: 'one of two gateways drains for long',
    minutes: 20,
    series: { 'csms_gateway_draining{pod="gw-2"}': '0x5 1x60' },
    fires: ['VoltbusGatewayDown page'],
  },
  {
    title: 'a gateway is replaced within four minutes',
    minutes: 12,
    series: { 'csms_gateway_draining{pod="gw-2"}': '0x5 1x3 0x60' },
    fires: [],
    about: ['VoltbusGatewayDown'],
  },
  {
    title: 'every gateway is gone while the services run',
    minutes: 20,
    series: {
      'csms_gateway_draining{pod="gw-1"}': '0x5 stale',
      'csms_gateway_draining{pod="gw-2"}': '0x5 stale',
      [CONNECTIONS]: '100x5 stale',
    },
    fires: ['VoltbusGatewayDown page'],
  },
  {
    title: 'a third of the stations is gone',
    minutes: 80,
    series: { [CONNECTIONS]: steps(900, 70, 600) },
    fires: ['VoltbusFleetDrop page'],
  },
  {
    title: 'every station is gone with every gateway',
    minutes: 80,
    series: { [CONNECTIONS]: '900x70 stale' },
    fires: ['VoltbusFleetDrop page'],
  },
  {
    title: 'a tenth of the stations is gone',
    minutes: 80,
    series: { [CONNECTIONS]: steps(900, 70, 810) },
    fires: [],
    about: ['VoltbusFleetDrop'],
  },
  {
    title: 'half of ten stations is gone',
    minutes: 80,
    series: { [CONNECTIONS]: steps(10, 70, 5) },
    fires: [],
    about: ['VoltbusFleetDrop'],
  },
  {
    title: 'a third of the stations is away while a gateway drains',
    minutes: 77,
    series: { [CONNECTIONS]: steps(900, 70, 600), 'csms_gateway_draining{pod="gw-2"}': '0x70 1x4 0x10' },
    fires: [],
    about: ['VoltbusFleetDrop'],
  },
  {
    title: 'the fleet comes back at once and is partly refused',
    minutes: 80,
    series: { [`${HANDSHAKES}{result="ok"}`]: rushes(60, 70, 3_000), [`${HANDSHAKES}{result="too-many-handshakes"}`]: rushes(0, 70, 60) },
    fires: ['VoltbusReconnectStorm page'],
  },
  {
    title: 'the fleet comes back at once and is let in',
    minutes: 80,
    series: { [`${HANDSHAKES}{result="ok"}`]: rushes(60, 70, 3_000) },
    fires: [],
    about: ['VoltbusReconnectStorm'],
  },
  {
    title: 'a gateway holds 7000 connections',
    minutes: 20,
    series: { [CONNECTIONS]: steady(7_000) },
    fires: ['VoltbusGatewayNearCapacity ticket'],
  },
  {
    title: 'two protocols of one gateway add up',
    minutes: 20,
    series: { [CONNECTIONS]: steady(4_000), 'csms_gateway_connections{pod="gw-1", protocol="ocpp2.1"}': steady(3_000) },
    fires: ['VoltbusGatewayNearCapacity ticket'],
  },
  {
    title: 'two gateways hold 6000 connections each',
    minutes: 20,
    series: { [CONNECTIONS]: steady(6_000), 'csms_gateway_connections{pod="gw-2"}': steady(6_000) },
    fires: [],
    about: ['VoltbusGatewayNearCapacity'],
  },
  {
    title: 'a third gateway drains and gets nowhere',
    minutes: 30,
    series: { 'csms_gateway_draining{pod="gw-3"}': steps(0, 5, 1), 'csms_gateway_drain_remaining{pod="gw-3"}': steps(0, 5, 40) },
    fires: ['VoltbusDrainStuck ticket'],
  },
  {
    title: 'a third gateway drains within ten minutes',
    minutes: 16,
    series: { 'csms_gateway_draining{pod="gw-3"}': steps(0, 5, 1), 'csms_gateway_drain_remaining{pod="gw-3"}': '0x5 4000-400x9' },
    fires: [],
    about: ['VoltbusDrainStuck'],
  },
  {
    title: 'uWebSockets could not be loaded',
    minutes: 20,
    series: { 'csms_gateway_transport_info{pod="gw-1", wanted="uws", transport="ws"}': steady(1) },
    fires: ['VoltbusTransportFallback ticket'],
  },
  {
    title: 'the transport is the one that was asked for',
    minutes: 20,
    series: {
      'csms_gateway_transport_info{pod="gw-1", wanted="uws", transport="uws"}': steady(1),
      'csms_gateway_transport_info{pod="gw-2", wanted="ws", transport="ws"}': steady(1),
    },
    fires: [],
    about: ['VoltbusTransportFallback'],
  },
  {
    title: 'somebody guesses passwords fast',
    minutes: 20,
    series: { [`${HANDSHAKES}{result="wrong-credentials"}`]: rising(700) },
    fires: ['VoltbusHandshakeAuthFailures page'],
  },
  {
    title: 'unknown names come five times as often as in the hours before',
    minutes: 210,
    series: { [`${HANDSHAKES}{result="unknown-station"}`]: '0+6x190 1140+120x60' },
    fires: ['VoltbusHandshakeAuthFailures page'],
  },
  {
    title: 'as many are refused as always',
    minutes: 200,
    series: { [`${HANDSHAKES}{result="unknown-station"}`]: rising(120) },
    fires: [],
    about: ['VoltbusHandshakeAuthFailures'],
  },
  {
    title: 'two units share an identity and reconnect all the time',
    minutes: 20,
    series: { csms_gateway_takeovers_total: rising(60) },
    fires: ['VoltbusDuplicateIdentityFlapping page'],
  },
  {
    title: 'stations replace half-open connections of their own',
    minutes: 20,
    series: { csms_gateway_takeovers_total: rising(10) },
    fires: [],
    about: ['VoltbusDuplicateIdentityFlapping'],
  },
];

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

export { appears, rising, steady, steps };
