import type { IncomingMessage, ServerResponse } from 'node:http';
import Module from 'node:module';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { RuntimeNodeInstrumentation } from '@opentelemetry/instrumentation-runtime-node';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import type { Metrics } from './metrics';
import { measureProcess } from './process-metrics';

const PREFIX = 'csms_';
/** Seconds, from a local answer to the longest deadline. */
const DEFAULT_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export interface ServedMetrics extends Metrics {
  /** Answers a scrape in Prometheus's text format. */
  serve(request: IncomingMessage, response: ServerResponse): void;
  close(): Promise<void>;
}

/** Metrics on OpenTelemetry's SDK, read by Prometheus. The same name asked for twice is one metric; several gauges of one name add their readings. */
export function otelMetrics(process: string): ServedMetrics {
  const exporter = new PrometheusExporter({ preventServerStart: true, withoutScopeInfo: true, withoutTargetInfo: true });
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
      return { observe: (value, labels) => histogram.record(value, labels) };
    },
    gauge: (name, help, _labels, read) => {
      meter.createObservableGauge(PREFIX + name, { description: help }).addCallback((result) => {
        const reading = read();
        if (typeof reading === 'number') result.observe(reading);
        else for (const { value, labels } of reading) result.observe(value, labels);
      });
    },
    serve: (request, response) => exporter.getMetricsRequestHandler(request, response),
    close: async () => {
      ourselves.stop();
      runtime.disable();
      await provider.shutdown();
    },
  };
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
