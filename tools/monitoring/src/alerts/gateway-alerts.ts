import type { Alert } from './alert';

const CONNECTIONS = 'sum by (namespace) (csms_gateway_connections)';
const REFUSED_CREDENTIALS = 'csms_gateway_handshakes_total{result=~"wrong-credentials|unknown-station|blocked|too-many-attempts"}';
const OVERLOAD = 'csms_gateway_handshakes_total{result=~"bus-away|no-profile|too-many-handshakes|decision-timeout"}';
/** A namespace in which anything of Voltbus runs has at least this of everything: nothing, instead of no series. */
const NOTHING = '0 * count by (namespace) (csms_build_info)';

/** The chart puts its own numbers here: of a trial with one process, and `gateway.connectionsPerPod`. */
export const FEWEST_GATEWAYS = '2 > (';
export const TARGET_CONNECTIONS = '0.85 * 8000';

/** Gateways and the connections that they hold. */
export const GATEWAY_ALERTS: readonly Alert[] = [
  {
    name: 'VoltbusNothingScraped',
    severity: 'page',
    expression: 'absent(csms_build_info)',
    minutes: 5,
    summary: 'Prometheus sees no process of Voltbus at all',
    runbook: 'nothing-scraped',
    board: 'runtime',
  },
  {
    name: 'VoltbusGatewayDown',
    severity: 'page',
    expression: `${FEWEST_GATEWAYS}count by (namespace) (csms_gateway_draining == 0) or ${NOTHING})`,
    minutes: 5,
    summary: '{{ $value }} gateways run, which is too few: one more loss and stations are offline',
    runbook: 'gateway-down',
    board: 'gateway',
  },
  {
    name: 'VoltbusFleetDrop',
    severity: 'page',
    expression: `(${CONNECTIONS} or ${NOTHING}) < 0.8 * sum by (namespace) (csms_gateway_connections offset 1h)
  and sum by (namespace) (csms_gateway_connections offset 1h) >= 20
  unless max by (namespace) (max_over_time(csms_gateway_draining[5m])) == 1`,
    minutes: 5,
    summary: 'Only {{ $value }} stations are connected, a fifth fewer than an hour ago, and no gateway drains',
    runbook: 'fleet-drop',
    board: 'fleet',
  },
  {
    name: 'VoltbusReconnectStorm',
    severity: 'page',
    expression: `sum by (namespace) (rate(csms_gateway_handshakes_total[3m])) > 5
  and sum by (namespace) (rate(csms_gateway_handshakes_total[3m])) > 5 * sum by (namespace) (rate(csms_gateway_handshakes_total[1h] offset 10m))
  and sum by (namespace) (rate(${OVERLOAD}[3m])) > 0`,
    minutes: 3,
    summary: '{{ $value }} handshakes a second, five times as many as before, and gateways refuse some',
    runbook: 'reconnect-storm',
    board: 'gateway',
  },
  {
    name: 'VoltbusGatewayNearCapacity',
    severity: 'ticket',
    expression: `sum by (namespace, pod) (csms_gateway_connections) > ${TARGET_CONNECTIONS}`,
    minutes: 10,
    summary: '{{ $labels.pod }} holds {{ $value }} connections, more than 85 % of what a gateway is meant for',
    runbook: 'gateway-near-capacity',
    board: 'gateway',
  },
  {
    name: 'VoltbusDrainStuck',
    severity: 'ticket',
    expression: 'min_over_time(csms_gateway_draining[10m]) == 1 and csms_gateway_drain_remaining > 0',
    minutes: 5,
    summary: '{{ $labels.pod }} has been draining for a quarter of an hour, and {{ $value }} connections remain',
    runbook: 'drain-stuck',
    board: 'gateway',
  },
  {
    name: 'VoltbusTransportFallback',
    severity: 'ticket',
    expression: 'csms_gateway_transport_info{wanted="uws", transport!="uws"}',
    minutes: 10,
    summary: '{{ $labels.pod }} could not load uWebSockets and runs on {{ $labels.transport }}, which needs about twice the CPU',
    runbook: 'transport-fallback',
    board: 'gateway',
  },
  {
    name: 'VoltbusHandshakeAuthFailures',
    severity: 'page',
    expression: `sum by (namespace) (rate(${REFUSED_CREDENTIALS}[5m])) > 10
  or (
    sum by (namespace) (rate(${REFUSED_CREDENTIALS}[5m])) > 1
    and sum by (namespace) (rate(${REFUSED_CREDENTIALS}[5m])) > 5 * quantile_over_time(0.5, sum by (namespace) (rate(${REFUSED_CREDENTIALS}[1h]))[7d:1h])
  )`,
    minutes: 5,
    summary: '{{ $value }} connections a second are refused for who they say they are',
    runbook: 'handshake-auth-failures',
    board: 'security',
  },
  {
    name: 'VoltbusDuplicateIdentityFlapping',
    severity: 'page',
    expression: '60 * sum by (namespace) (rate(csms_gateway_takeovers_total[5m])) > 30',
    minutes: 5,
    summary: '{{ $value }} connections a minute take the place of another of the same identity',
    runbook: 'duplicate-identity',
    board: 'security',
  },
];
