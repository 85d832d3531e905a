import { rising, type AlertCase } from './alert-case';

/** A histogram of which so many a minute are within the objective, and all. */
function histogram(name: string, labels: string, le: string, good: string, all: string): Record<string, string> {
  const and = labels === '' ? '' : `${labels}, `;
  return {
    [`${name}_bucket{${and}le="${le}"}`]: good,
    [`${name}_count{${labels}}`]: all,
  };
}

const HANDSHAKES = 'csms_gateway_handshakes_total';
const API = 'csms_api_request_duration_seconds';
const CDRS = 'csms_cdr_delay_seconds';
const ANSWERS = 'csms_ocpp_call_duration_seconds';
const connectivity = (ok: string, refused: string, why = 'decision-timeout') => ({
  [`${HANDSHAKES}{result="ok"}`]: ok,
  [`${HANDSHAKES}{result="${why}"}`]: refused,
});
const requests = (ok: string, failed: string, route = '/v1/stations') => ({
  [`${API}_count{method="PUT", route="${route}", code="200"}`]: ok,
  [`${API}_count{method="PUT", route="${route}", code="503"}`]: failed,
});

/** Burn rates: as a page above 14.4 or 6, as a ticket above 3 or 1, and each guard. */
export const SLO_CASES: readonly AlertCase[] = [
  {
    title: 'a hundredth of the handshakes is refused through our fault',
    minutes: 30,
    series: connectivity(rising(990), rising(10)),
    fires: ['VoltbusSloConnectivity page', 'VoltbusSloConnectivity ticket'],
  },
  {
    title: 'two in a thousand handshakes are refused through our fault',
    minutes: 30,
    series: connectivity(rising(998), rising(2)),
    fires: ['VoltbusSloConnectivity ticket'],
  },
  {
    title: 'three in ten thousand handshakes are refused through our fault',
    minutes: 30,
    series: connectivity(rising(9_997), rising(3)),
    fires: [],
    about: ['VoltbusSloConnectivity'],
  },
  {
    title: 'half of the callers have a wrong password',
    minutes: 30,
    series: connectivity(rising(500), rising(500), 'wrong-credentials'),
    fires: [],
    about: ['VoltbusSloConnectivity'],
  },
  {
    title: 'five of five handshakes failed, which is too few to judge',
    minutes: 30,
    series: connectivity('0x200', '0x10 0+1x5 5x200'),
    fires: [],
    about: ['VoltbusSloConnectivity'],
  },
  {
    title: 'every handshake fails',
    minutes: 30,
    series: connectivity('0x200', rising(1)),
    fires: ['VoltbusSloConnectivity page', 'VoltbusSloConnectivity ticket'],
  },
  {
    title: 'answers take longer than 5 s',
    minutes: 30,
    series: {
      ...histogram(ANSWERS, 'direction="in", action="MeterValues"', '5', rising(95), rising(100)),
      ...histogram(ANSWERS, 'direction="in", action="MeterValues"', '1', rising(95), rising(100)),
    },
    fires: ['VoltbusSloStationAnswers page', 'VoltbusSloStationAnswers ticket', 'VoltbusSloStationAnswersFast ticket'],
  },
  {
    title: 'a fifth of the answers takes longer than 1 s, as Prometheus 3 writes buckets',
    minutes: 30,
    series: {
      ...histogram(ANSWERS, 'direction="in", action="MeterValues"', '5.0', rising(100), rising(100)),
      ...histogram(ANSWERS, 'direction="in", action="MeterValues"', '1.0', rising(80), rising(100)),
    },
    fires: ['VoltbusSloStationAnswersFast page', 'VoltbusSloStationAnswersFast ticket'],
  },
  {
    title: 'most Authorize requests are slow',
    minutes: 30,
    series: {
      ...histogram(ANSWERS, 'direction="in", action="Authorize"', '0.5', rising(10), rising(100)),
      ...histogram(ANSWERS, 'direction="in", action="Authorize"', '1', rising(100), rising(100)),
      ...histogram(ANSWERS, 'direction="in", action="Authorize"', '5', rising(100), rising(100)),
    },
    fires: ['VoltbusSloAuthorize page', 'VoltbusSloAuthorize ticket'],
  },
  {
    title: 'stations answer us slowly, and quick answers of ours are on time',
    minutes: 30,
    series: {
      ...histogram(ANSWERS, 'direction="out", action="Reset"', '5', rising(0), rising(100)),
      ...histogram(ANSWERS, 'direction="in", action="Authorize"', '0.5', rising(100), rising(100)),
      ...histogram(ANSWERS, 'direction="in", action="Authorize"', '1', rising(100), rising(100)),
      ...histogram(ANSWERS, 'direction="in", action="Authorize"', '5', rising(100), rising(100)),
    },
    fires: [],
    about: ['VoltbusSloStationAnswers', 'VoltbusSloStationAnswersFast', 'VoltbusSloAuthorize'],
  },
  {
    title: 'a fifth of the commands takes long to its socket',
    minutes: 30,
    series: histogram('csms_command_delivery_seconds', 'action="Reset", kept="no"', '2.5', rising(8), rising(10)),
    fires: ['VoltbusSloCommands page', 'VoltbusSloCommands ticket'],
  },
  {
    title: 'commands that are kept for their stations take hours',
    minutes: 30,
    series: histogram('csms_command_delivery_seconds', 'action="Reset", kept="yes"', '2.5', rising(0), rising(10)),
    fires: [],
    about: ['VoltbusSloCommands'],
  },
  {
    title: 'a tenth of the CDRs is late',
    minutes: 30,
    series: histogram(CDRS, '', '60', rising(9), rising(10)),
    fires: ['VoltbusSloCdrTimeliness page', 'VoltbusSloCdrTimeliness ticket'],
  },
  {
    title: 'CDRs were late for a while, and are on time again',
    minutes: 60,
    series: histogram(CDRS, '', '60', '0+50x10 500+100x100', '0+100x10 1000+100x100'),
    fires: ['VoltbusSloCdrTimeliness ticket'],
  },
  {
    title: 'CDRs are on time',
    minutes: 30,
    series: histogram(CDRS, '', '60', rising(10), rising(10)),
    fires: [],
    about: ['VoltbusSloCdrTimeliness'],
  },
  {
    title: 'a tenth of the API requests fails',
    minutes: 30,
    series: requests(rising(90), rising(10)),
    fires: ['VoltbusSloApiAvailability page', 'VoltbusSloApiAvailability ticket'],
  },
  {
    title: 'event streams end with an error',
    minutes: 30,
    series: requests(rising(90), rising(10), '/v1/events'),
    fires: [],
    about: ['VoltbusSloApiAvailability'],
  },
  {
    title: 'most reads are slow',
    minutes: 30,
    series: histogram(API, 'method="GET", route="/v1/cdrs", code="200"', '0.25', rising(10), rising(100)),
    fires: ['VoltbusSloApiReads page', 'VoltbusSloApiReads ticket'],
  },
  {
    title: 'writes and streams are slow',
    minutes: 30,
    series: {
      ...histogram(API, 'method="POST", route="/v1/stations/:station/commands", code="200"', '0.25', rising(10), rising(100)),
      ...histogram(API, 'method="GET", route="/v1/events", code="200"', '0.25', rising(0), rising(100)),
    },
    fires: [],
    about: ['VoltbusSloApiReads', 'VoltbusSloApiAvailability'],
  },
];
