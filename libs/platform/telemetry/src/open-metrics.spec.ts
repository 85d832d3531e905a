import { TraceFlags } from '@opentelemetry/api';
import { bucketKey } from './exemplars';
import { openMetrics, wantsOpenMetrics } from './open-metrics';

const PAGE = `# HELP csms_calls_total OCPP "calls"
# UNIT csms_calls_total {calls}
# TYPE csms_calls_total counter
csms_calls_total{action="Heartbeat"} 3

# HELP csms_odd_total A gauge of that name
# TYPE csms_odd_total gauge
csms_odd_total 1

# HELP csms_x unknown
# TYPE csms_x untyped
csms_x 1

# HELP csms_seconds Durations
# TYPE csms_seconds histogram
csms_seconds_count{b="x",a="q\\"},{"} 2
csms_seconds_sum{b="x",a="q\\"},{"} 1.5
csms_seconds_bucket{b="x",a="q\\"},{",le="1"} 1
csms_seconds_bucket{b="x",a="q\\"},{",le="+Inf"} 2
csms_seconds_bucket{le="1"} 1

`;
const SPAN = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: TraceFlags.SAMPLED };

describe('a page of metrics as OpenMetrics', () => {
  it('has the families of counters without _total, no empty lines, no units, and an end', () => {
    expect(openMetrics(PAGE, () => null)).toBe(`# HELP csms_calls OCPP \\"calls\\"
# TYPE csms_calls counter
csms_calls_total{action="Heartbeat"} 3
# HELP csms_odd_total A gauge of that name
# TYPE csms_odd_total gauge
csms_odd_total 1
# HELP csms_x unknown
# TYPE csms_x unknown
csms_x 1
# HELP csms_seconds Durations
# TYPE csms_seconds histogram
csms_seconds_count{b="x",a="q\\"},{"} 2
csms_seconds_sum{b="x",a="q\\"},{"} 1.5
csms_seconds_bucket{b="x",a="q\\"},{",le="1"} 1
csms_seconds_bucket{b="x",a="q\\"},{",le="+Inf"} 2
csms_seconds_bucket{le="1"} 1
# EOF
`);
  });

  it('has the exemplar of each bucket beside it, and nowhere else', () => {
    const bucket = bucketKey('csms_seconds', ['a="q\\"},{"', 'b="x"'], '+Inf');
    const lines = openMetrics(PAGE, (asked) => (asked === bucket ? { value: 1.25, at: 1_700_000_000_123, span: SPAN } : null)).split('\n');
    expect(lines.filter((line) => line.includes(' # {'))).toEqual([
      `csms_seconds_bucket{b="x",a="q\\"},{",le="+Inf"} 2 # {trace_id="${SPAN.traceId}",span_id="${SPAN.spanId}"} 1.25 1700000000.123`,
    ]);
  });

  it('is empty but for its end where there are no metrics', () => {
    expect(openMetrics('# no registered metrics', () => null)).toBe('# EOF\n');
  });
});

describe('OpenMetrics', () => {
  it.each([
    [
      'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1',
      true,
    ],
    ['application/openmetrics-text; version=1.0.0; escaping=underscores; q=0.5, text/plain;version=0.0.4;q=0.3, */*;q=0.2', true],
    ['text/plain;version=0.0.4;q=0.6,application/openmetrics-text;version=1.0.0;q=0.5', false],
    ['Application/OpenMetrics-Text', true],
    ['application/openmetrics-text;q=0', false],
    ['application/openmetrics-text;q=x', false],
    ['text/plain', false],
    ['*/*', false],
    ['', false],
    [undefined, false],
  ])('is given to who sends Accept: %s: %s', (accept, wanted) => expect(wantsOpenMetrics(accept)).toBe(wanted));
});
