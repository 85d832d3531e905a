import { appears, rising, steady, type AlertCase } from './alert-case';

const LONG_VALID = { 'csms_cert_expiry_seconds{pod="gw-1", kind="contract-root"}': steady(8_640_000) };

export const PLATFORM_CASES: readonly AlertCase[] = [
  {
    title: 'work waits for the pool all the time',
    minutes: 20,
    series: { 'csms_db_pool_waiting{pod="cdr-1", schema="cdr"}': steady(3) },
    fires: ['VoltbusPostgresPoolExhausted page'],
  },
  {
    title: 'work waits for the pool now and then',
    minutes: 20,
    series: { 'csms_db_pool_waiting{pod="cdr-1", schema="cdr"}': '3x3 0 3x3 0 3x3 0 3x3 0 3x3 0' },
    fires: [],
    about: ['VoltbusPostgresPoolExhausted'],
  },
  {
    title: 'Redis is away',
    minutes: 20,
    series: { 'csms_redis_errors_total{command="find"}': rising(9) },
    fires: ['VoltbusRedisUnavailable page'],
  },
  {
    title: 'Redis missed one call',
    minutes: 20,
    series: { 'csms_redis_errors_total{command="find"}': '0x10 1x60' },
    fires: [],
    about: ['VoltbusRedisUnavailable'],
  },
  {
    title: 'a process is busy for half a second at a time',
    minutes: 20,
    series: { 'nodejs_eventloop_delay_seconds{pod="gw-1", quantile="0.99"}': steady(0.5) },
    fires: ['VoltbusEventLoopDelay ticket'],
  },
  {
    title: 'a process was busy for a second once',
    minutes: 20,
    series: {
      'nodejs_eventloop_delay_seconds{pod="gw-1", quantile="0.99"}': '0.01x15 1 0.01x30',
      'nodejs_eventloop_delay_seconds{pod="gw-1", quantile="1"}': steady(1),
    },
    fires: [],
    about: ['VoltbusEventLoopDelay'],
  },
  {
    title: 'the heap is almost full',
    minutes: 20,
    series: { 'nodejs_heap_used_bytes{pod="gw-1"}': steady(900), 'nodejs_heap_limit_bytes{pod="gw-1"}': steady(1_000) },
    fires: ['VoltbusHeapHigh ticket'],
  },
  {
    title: 'the heap is half full',
    minutes: 20,
    series: { 'nodejs_heap_used_bytes{pod="gw-1"}': steady(500), 'nodejs_heap_limit_bytes{pod="gw-1"}': steady(1_000) },
    fires: [],
    about: ['VoltbusHeapHigh'],
  },
  {
    title: 'file descriptors run out',
    minutes: 20,
    series: { 'process_open_fds{pod="gw-1"}': steady(990), 'process_max_fds{pod="gw-1"}': steady(1_000) },
    fires: ['VoltbusFdHigh ticket'],
  },
  {
    title: 'a system does not tell its limit of file descriptors',
    minutes: 20,
    series: { 'process_open_fds{pod="gw-1"}': steady(990), 'process_max_fds{pod="gw-1"}': steady(0) },
    fires: [],
    about: ['VoltbusFdHigh'],
  },
  {
    title: 'a process starts again and again',
    minutes: 30,
    series: { 'process_start_time_seconds{pod="gw-1"}': '0x5 300x5 600x5 900x30' },
    fires: ['VoltbusProcessRestarts ticket'],
  },
  {
    title: 'a process was restarted',
    minutes: 30,
    series: { 'process_start_time_seconds{pod="gw-1"}': '0x5 300x40' },
    fires: [],
    about: ['VoltbusProcessRestarts'],
  },
  {
    title: 'something else restarts all the time',
    minutes: 30,
    series: { 'process_start_time_seconds{pod="other"}': '0x5 300x5 600x5 900x30' },
    fires: [],
    about: ['VoltbusProcessRestarts'],
  },
  {
    title: 'the certificate of Kafka expires in ten days',
    minutes: 20,
    series: { 'csms_cert_expiry_seconds{pod="gw-1", kind="kafka-client"}': steady(864_000), ...LONG_VALID },
    fires: ['VoltbusCertExpiry ticket'],
  },
  {
    title: 'a certificate expires tomorrow',
    minutes: 20,
    series: { 'csms_cert_expiry_seconds{pod="gw-1", kind="kafka-client"}': steady(86_400), ...LONG_VALID },
    fires: ['VoltbusCertExpiry page', 'VoltbusCertExpiry ticket'],
  },
  {
    title: 'certificates are valid for long',
    minutes: 20,
    series: LONG_VALID,
    fires: [],
    about: ['VoltbusCertExpiry'],
  },
  {
    title: 'the outcome of a change is missing in the audit log',
    minutes: 20,
    series: { 'csms_audit_write_failures_total{pod="api-1"}': appears(10, 1) },
    fires: ['VoltbusAuditWriteFailing page'],
  },
  {
    title: 'an outcome was missing in the audit log an hour ago',
    minutes: 90,
    series: { 'csms_audit_write_failures_total{pod="api-1"}': appears(10, 1) },
    fires: [],
    about: ['VoltbusAuditWriteFailing'],
  },
  {
    title: 'a station reports that it was tampered with',
    minutes: 20,
    series: { 'csms_security_events_total{pod="dc-1", type="TamperDetectionActivated", severity="critical"}': appears(10, 1) },
    fires: ['VoltbusSecurityEvents ticket'],
  },
  {
    title: 'stations boot, and passwords are refused',
    minutes: 20,
    series: {
      'csms_security_events_total{pod="dc-1", type="StartupOfTheDevice", severity="info"}': rising(20),
      'csms_security_events_total{pod="dc-1", type="wrong-credentials", severity="warning"}': rising(5),
    },
    fires: [],
    about: ['VoltbusSecurityEvents'],
  },
];
