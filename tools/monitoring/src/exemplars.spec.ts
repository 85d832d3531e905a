import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { noopTelemetry, openSpan, otelMetrics, startTracing, type ServedMetrics } from '@voltbus/telemetry';
import { startPrometheus, type Exemplar, type Prometheus } from './check/prometheus';

const TRIES = 100;
const EVERY_MS = 250;

let metrics: ServedMetrics;
let tracing: { close(): Promise<void> };
let server: Server;
let prometheus: Prometheus;
let accepted: string | undefined;

/** As a process serves them, with a collector that is away. */
beforeAll(async () => {
  metrics = otelMetrics('spec');
  tracing = startTracing({
    ...{ process: 'spec', pod: 'spec', installation: 'spec', endpoint: 'http://127.0.0.1:9', headers: {}, ratio: 0, slowSeconds: 600 },
    ...noopTelemetry,
  });
  server = createServer((request, response) => {
    accepted = request.headers.accept;
    metrics.serve(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const internalUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  prometheus = await startPrometheus([{ name: 'spec', internalUrl }]);
});
afterAll(async () => {
  await prometheus.stop();
  server.closeAllConnections();
  server.close();
  await tracing.close();
  await metrics.close();
});

/** Observes within a span of its own, whose trace is kept where it fails; returns the id of the trace. */
function observe(seconds: number, { fails }: { fails: boolean }): string {
  const span = openSpan({ name: 'work', parent: null });
  if (span === null) throw new Error('tracing is off');
  const durations = metrics.histogram('spec_duration_seconds', 'Of "work"', ['kind']);
  span.run(() => durations.observe(seconds, { kind: 'a "b"\\' }));
  if (fails) span.fail('no');
  span.end();
  return span.traceId;
}

async function untilFound(ask: () => Promise<Exemplar[]>): Promise<Exemplar[]> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const found = await ask();
    if (found.length > 0) return found;
    await new Promise((resume) => setTimeout(resume, EVERY_MS));
  }
  throw new Error('Prometheus has no exemplars');
}

describe('a Prometheus that stores exemplars', () => {
  it('has the trace of an observation that was kept, and none that was not', async () => {
    metrics.counter('spec_total', 'Counted').add(2);
    const kept = observe(0.3, { fails: true });
    observe(0.3, { fails: false });
    observe(7, { fails: false });
    const found = await untilFound(() => prometheus.exemplars('csms_spec_duration_seconds_bucket'));
    expect(accepted).toMatch(/^application\/openmetrics-text/);
    expect(found).toMatchObject([
      {
        seriesLabels: { __name__: 'csms_spec_duration_seconds_bucket', kind: 'a "b"\\', le: '0.5', pod: 'spec' },
        exemplars: [{ labels: { trace_id: kept, span_id: expect.stringMatching(/^[0-9a-f]{16}$/) as string }, value: '0.3' }],
      },
    ]);
  });

  it('takes the whole page, with counters by the names that they have always had', async () => {
    expect(await prometheus.query('up')).toMatchObject([{ value: [expect.any(Number) as number, '1'] }]);
    expect(await prometheus.query('csms_spec_total')).toMatchObject([{ value: [expect.any(Number) as number, '2'] }]);
    expect(await prometheus.query('csms_build_info')).toHaveLength(1);
    expect(await prometheus.query('csms_spec_duration_seconds_count')).toMatchObject([{ value: [expect.any(Number) as number, '3'] }]);
  });
});
