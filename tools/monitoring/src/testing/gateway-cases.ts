import { rising, rushes, steady, steps, type AlertCase } from './alert-case';

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
