import { context, type Span } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { ExportResultCode, type ExportResult } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider, type ReadableSpan, type SpanExporter } from '@opentelemetry/sdk-trace';
import type { Logger } from '../logger';
import type { Metrics } from '../metrics';
import { HeldTraces } from './held-traces';
import { RatioSampler } from './ratio-sampler';
import { recordWith } from './tracer';

/** Spans that wait for the exporter; beyond, new ones are dropped. */
const MAX_WAITING_SPANS = 4_096;
const EXPORT_EVERY_MS = 1_000;
const EXPORT_TIMEOUT_MS = 5_000;
/** A collector that is away is logged so often. */
const LOG_EVERY_MS = 60_000;
/** Longer texts are cut: a station chooses its message ids. */
const MAX_ATTRIBUTE_LENGTH = 256;

interface TracingOptions {
  /** Name of the process. */
  process: string;
  pod: string;
  installation: string;
  /** Base URL of an OTLP receiver (HTTP); spans go to `/v1/traces` below it. */
  endpoint: string;
  headers: Readonly<Record<string, string>>;
  /** Share of the traces that begin here that is sampled, 0 to 1. */
  ratio: number;
  /** A span of so many seconds keeps its trace. */
  slowSeconds: number;
  logger: Logger;
  metrics: Metrics;
}

/** Records spans in this process and exports them over OTLP (HTTP, protobuf) until it is closed. */
export function startTracing(options: TracingOptions): { close(): Promise<void> } {
  const { endpoint, headers, ratio, slowSeconds, metrics, logger } = options;
  const counter = metrics.counter('trace_spans_total', 'Spans exported, or lost (failed, evicted, rate)', ['result']);
  const count = (result: 'exported' | 'failed' | 'evicted' | 'rate', spans: number): void => counter.add(spans, { result });
  const otlp = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
    headers: { ...headers },
    timeoutMillis: EXPORT_TIMEOUT_MS,
  });
  const exporter = new CountedExporter(otlp, logger, count);
  const next = new BatchSpanProcessor({
    exporter,
    maxQueueSize: MAX_WAITING_SPANS,
    scheduledDelayMillis: EXPORT_EVERY_MS,
    exportTimeoutMillis: EXPORT_TIMEOUT_MS,
  });
  const held = new HeldTraces({ next, slowMs: slowSeconds * 1_000, onLost: count });
  const provider = new TracerProvider({
    sampler: new RatioSampler(ratio),
    resource: resourceOf(options),
    spanProcessors: [held],
    spanLimits: { attributeValueLengthLimit: MAX_ATTRIBUTE_LENGTH },
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  recordWith({
    tracer: provider.getTracer('voltbus'),
    keepFailed: (span) => held.keepFailed(traceIdOf(span)),
    keepJoined: (span) => held.keepJoined(traceIdOf(span)),
  });
  return {
    close: async () => {
      recordWith(null);
      await provider.shutdown().catch((err: unknown) => logger.warn({ err }, 'the last spans were not exported'));
      context.disable();
    },
  };
}

function resourceOf({ process, pod, installation }: TracingOptions) {
  return resourceFromAttributes({
    'service.name': process,
    'service.namespace': 'voltbus',
    'service.instance.id': pod,
    'voltbus.installation': installation,
  });
}

function traceIdOf(span: Span): string {
  return span.spanContext().traceId;
}

/** Counts what an exporter takes, and logs a collector that does not answer once a minute. */
class CountedExporter implements SpanExporter {
  private loggedAt = -Infinity;

  constructor(
    private readonly exporter: SpanExporter,
    private readonly logger: Logger,
    private readonly count: (result: 'exported' | 'failed', spans: number) => void,
  ) {}

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    this.exporter.export(spans, (result) => {
      const failed = result.code !== ExportResultCode.SUCCESS;
      this.count(failed ? 'failed' : 'exported', spans.length);
      if (failed) this.logFailure(result.error);
      done(result);
    });
  }

  forceFlush(): Promise<void> {
    return this.exporter.forceFlush?.() ?? Promise.resolve();
  }

  shutdown(): Promise<void> {
    return this.exporter.shutdown();
  }

  private logFailure(err: Error | undefined): void {
    const now = performance.now();
    if (now - this.loggedAt < LOG_EVERY_MS) return;
    this.loggedAt = now;
    this.logger.warn({ err }, 'spans were not exported: the collector did not take them');
  }
}
