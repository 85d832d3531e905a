import type { Slo } from './slo';

const HANDSHAKES = 'csms_gateway_handshakes_total';
/** Refusals that are our fault: the station was right to come, and comes again. */
const OUR_REFUSALS = 'draining|bus-away|no-profile|too-many-handshakes|decision-timeout|decision-failed';
const API = 'csms_api_request_duration_seconds';
/** Streams last for as long as their reader wants. */
const NO_STREAMS = 'route!="/v1/events"';

/** Every objective that the metrics can compute; docs/explanation/service-level-objectives.md says which they cannot. */
export const SLOS: readonly Slo[] = [
  {
    name: 'connectivity',
    alert: 'VoltbusSloConnectivity',
    title: 'Handshakes of stations that are accepted',
    objective: 0.9995,
    events: rate(`${HANDSHAKES}{result=~"ok|${OUR_REFUSALS}"}`),
    bad: orZero(`${HANDSHAKES}{result=~"${OUR_REFUSALS}"}`, `${HANDSHAKES}{result=~"ok|${OUR_REFUSALS}"}`),
    metric: HANDSHAKES,
    runbook: 'slo-connectivity',
    counts:
      'Upgrade requests that were accepted, or refused through our fault (`draining`, `bus-away`, `no-profile`, too many at once, no decision)',
    excludes:
      'Wrong passwords, unknown or blocked stations, rate limits of single callers, wrong URLs and versions; calls that never arrive',
  },
  latency('station-answers', 'VoltbusSloStationAnswers', {
    title: 'Messages of stations answered within 5 s',
    objective: 0.999,
    histogram: 'csms_ocpp_call_duration_seconds',
    selector: 'direction="in"',
    seconds: '5',
    runbook: 'slo-station-answers',
    counts: 'Every CALL of a station, from its arrival at the gateway to the answer on the socket; one without an answer counts as slow',
    excludes: 'SENDs of OCPP 2.1, which have no answer. A quick error counts as an answer: `VoltbusOcppErrorRate` looks at errors',
  }),
  latency('station-answers-fast', 'VoltbusSloStationAnswersFast', {
    title: 'Messages of stations answered within 1 s',
    objective: 0.99,
    histogram: 'csms_ocpp_call_duration_seconds',
    selector: 'direction="in"',
    seconds: '1',
    runbook: 'slo-station-answers',
    counts: 'As above',
    excludes: 'As above',
  }),
  latency('authorize-fast', 'VoltbusSloAuthorize', {
    title: 'Authorize requests answered within 500 ms',
    objective: 0.95,
    histogram: 'csms_ocpp_call_duration_seconds',
    selector: 'direction="in", action="Authorize"',
    seconds: '0.5',
    runbook: 'slo-station-answers',
    counts: 'Authorize of every version, your own authorization service included, where one is set',
    excludes: 'As above; authorization within TransactionEvent',
  }),
  latency('commands', 'VoltbusSloCommands', {
    title: 'Commands on the socket within 2.5 s',
    objective: 0.995,
    histogram: 'csms_command_delivery_seconds',
    selector: 'kept="no"',
    seconds: '2.5',
    runbook: 'slo-commands',
    counts:
      'Commands without a `ttl`, from acceptance by the API to the socket of the station. A station that has just connected holds them off for up to 25 s',
    excludes: 'Commands with a `ttl`, which may wait for their station; commands to stations that are offline',
  }),
  latency('cdr-timeliness', 'VoltbusSloCdrTimeliness', {
    title: 'CDRs published within 60 s',
    objective: 0.999,
    histogram: 'csms_cdr_delay_seconds',
    selector: '',
    seconds: '60',
    runbook: 'slo-cdr-timeliness',
    counts: 'From the event of a session’s end, or of a change of its bill, to its CDR',
    excludes: 'CDRs held for review; ends that stations report late (the clock starts when the end is known)',
  }),
  {
    name: 'api-availability',
    alert: 'VoltbusSloApiAvailability',
    title: 'API requests without a server error',
    objective: 0.999,
    events: rate(`${API}_count{${NO_STREAMS}}`),
    metric: API,
    bad: orZero(`${API}_count{${NO_STREAMS}, code=~"5.."}`, `${API}_count{${NO_STREAMS}}`),
    runbook: 'slo-api',
    counts: 'Every request that the API answered, 503 of a database that is away included',
    excludes: 'The event stream; 4xx; requests that reached no API process',
  },
  latency('api-reads-fast', 'VoltbusSloApiReads', {
    title: 'API reads answered within 250 ms',
    objective: 0.95,
    histogram: API,
    selector: `method="GET", ${NO_STREAMS}`,
    seconds: '0.25',
    runbook: 'slo-api',
    counts: 'GET requests',
    excludes: 'The event stream; all other methods (a command with `wait` waits on purpose)',
  }),
];

interface Latency extends Pick<Slo, 'title' | 'objective' | 'runbook' | 'counts' | 'excludes'> {
  histogram: string;
  selector: string;
  /** A bucket of the histogram. */
  seconds: string;
}

function latency(name: string, alert: string, { histogram, selector, seconds, ...words }: Latency): Slo {
  const events = rate(`${histogram}_count{${selector}}`);
  // Prometheus 3 writes le="5" as le="5.0".
  const le = `le=~"${seconds.replace('.', '[.]')}([.]0)?"`;
  const good = rate(`${histogram}_bucket{${selector === '' ? le : `${selector}, ${le}`}}`);
  return { name, alert, ...words, metric: histogram, events, bad: `${events} - ${good}` };
}

function rate(selector: string): string {
  return `sum by (namespace) (rate(${selector}[5m]))`;
}

function orZero(selector: string, present: string): string {
  return `${rate(selector)} or 0 * ${rate(present)}`;
}
