import type { IncomingMessage, ServerResponse } from 'node:http';
import Module from 'node:module';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { RuntimeNodeInstrumentation } from '@opentelemetry/instrumentation-runtime-node';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { Exemplars, bucketKey, bucketOf, labelTexts } from './exemplars';
import type { Histogram, Metrics } from './metrics';
import { OPEN_METRICS_TYPE, openMetrics, wantsOpenMetrics } from './open-metrics';
import { measureProcess } from './process-metrics';
import { activeSpanContext } from './tracing/tracer';

const PREFIX = 'csms_';
/** Seconds, from a local answer to the longest deadline. */
const DEFAULT_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export interface ServedMetrics extends Metrics {
  /** Answers a scrape in Prometheus's text format, or in OpenMetrics, with exemplars of histograms, where it is asked for. */
  serve(request: IncomingMessage, response: ServerResponse): void;
  close(): Promise<void>;
}

/** Metrics on OpenTelemetry's SDK, read by Prometheus. The same name asked for twice is one metric; several gauges of one name add their readings. */
export function otelMetrics(process: string): ServedMetrics {
  const exporter = new PrometheusExporter({ preventServerStart: true, withoutScopeInfo: true, withoutTargetInfo: true });
  const exemplars = new Exemplars();
  const provider = new MeterProvider({ readers: [exporter] });
  const meter = provider.getMeter('voltbus');
  const runtime = withoutHook(() => new RuntimeNodeInstrumentation());
  runtime.setMeterProvider(provider);
  const ourselves = measureProcess(meter);
  meter
    .createObservableGauge(`${PREFIX}build_info`, { description: 'What runs here; always 1' })
    .addCallback((result) => result.observe(1, { process, node: globalThis.process.version }));
  return {
    counter: (name, help) => {
      const counter = meter.createCounter(PREFIX + name, { description: help });
      return { add: (amount, labels) => counter.add(amount, labels) };
    },
    histogram: (name, help, _labels, buckets = DEFAULT_BUCKETS) => {
      const histogram = meter.createHistogram(PREFIX + name, { description: help, advice: { explicitBucketBoundaries: [...buckets] } });
      const remember = exemplarsOf(exemplars, PREFIX + name, buckets);
      return { observe: (value, labels) => (histogram.record(value, labels), remember(value, labels)) };
    },
    gauge: (name, help, _labels, read) => {
      meter.createObservableGauge(PREFIX + name, { description: help }).addCallback((result) => {
        const reading = read();
        if (typeof reading === 'number') result.observe(reading);
        else for (const { value, labels } of reading) result.observe(value, labels);
      });
    },
    serve: (request, response) => {
      if (wantsOpenMetrics(request.headers.accept)) serveOpenMetrics(exporter, exemplars, response);
      else exporter.getMetricsRequestHandler(request, response);
    },
    close: async () => {
      ourselves.stop();
      runtime.disable();
      await provider.shutdown();
    },
  };
}

/** Remembers observations of a histogram that are made within a span. */
function exemplarsOf(exemplars: Exemplars, metric: string, buckets: readonly number[]): Histogram<string>['observe'] {
  return (value, labels = {}) => {
    const span = activeSpanContext();
    if (span !== undefined) exemplars.observe(bucketKey(metric, labelTexts(labels), bucketOf(value, buckets)), value, span);
  };
}

function serveOpenMetrics(exporter: PrometheusExporter, exemplars: Exemplars, response: ServerResponse): void {
  const serializer = new PrometheusSerializer(undefined, false, undefined, true, true); // no target info and no scopes, as the exporter itself
  exporter.collect().then(
    ({ resourceMetrics }) => {
      const page = openMetrics(serializer.serialize(resourceMetrics), (bucket) => exemplars.of(bucket));
      response.writeHead(200, { 'content-type': OPEN_METRICS_TYPE }).end(page);
    },
    () => response.writeHead(500).end(),
  );
}

/**
 * An instrumentation hooks every `require` for the packages that it would patch, of which this one has none. kafkajs requires with each request, and the hook
 * took 3 to 6 % of the processor time of a service.
 */
function withoutHook<T>(make: () => T): T {
  const { prototype } = Module;
  const { require: requireUnhooked } = prototype;
  const { getBuiltinModule } = process;
  const made = make();
  prototype.require = requireUnhooked;
  process.getBuiltinModule = getBuiltinModule;
  return made;
}
