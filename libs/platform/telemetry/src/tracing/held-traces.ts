import { SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace';
import { isSampled } from './traceparent';

/** Spans held in memory until it is known whether their trace is kept, about 2 kB each. Beyond, the oldest trace is forgotten. */
export const MAX_HELD_SPANS = 10_000;
/** Traces that one process keeps in a second because they failed or were slow: an outage must not flood the collector. */
export const MAX_KEPT_PER_SECOND = 50;
const SECOND_MS = 1_000;

interface HeldTrace {
  open: Set<ReadableSpan>;
  ended: ReadableSpan[];
  /** `refused`: it would have been kept, beyond the rate. */
  state: 'undecided' | 'kept' | 'refused';
}

/** Spans that did not reach the exporter, by reason. */
type Loss = 'evicted' | 'rate';

interface HeldTracesOptions {
  /** Takes what is sampled or kept. */
  next: SpanProcessor;
  /** A span that takes so long keeps its trace. */
  slowMs: number;
  onLost(reason: Loss, spans: number): void;
  /** Monotonic milliseconds. */
  now?: () => number;
}

/**
 * Holds the spans of traces that were not sampled until all spans of the trace in this process have ended. A trace is kept when one of them fails or is slow, or
 * when another process says that it has kept its part. From then on its spans are sampled: those held are exported, and what is sent on says so.
 */
export class HeldTraces implements SpanProcessor {
  private readonly traces = new Map<string, HeldTrace>();
  private heldSpans = 0;
  private second = { since: -Infinity, kept: 0 };
  private readonly now: () => number;

  constructor(private readonly options: HeldTracesOptions) {
    this.now = options.now ?? (() => performance.now());
  }

  onStart(span: Span): void {
    const { traceId } = span.spanContext();
    if (isSampled(span.spanContext())) return;
    let trace = this.traces.get(traceId);
    if (trace === undefined) this.traces.set(traceId, (trace = { open: new Set(), ended: [], state: 'undecided' }));
    trace.open.add(span);
    this.heldSpans += 1;
    while (this.heldSpans > MAX_HELD_SPANS) this.evictOldest();
  }

  onEnd(span: ReadableSpan): void {
    const { traceId } = span.spanContext();
    const trace = this.traces.get(traceId);
    if (trace === undefined || !trace.open.has(span)) {
      if (isSampled(span.spanContext())) this.options.next.onEnd(span);
      return;
    }
    if (trace.state === 'undecided' && (span.status.code === SpanStatusCode.ERROR || this.isSlow(span))) this.keepFailed(traceId);
    trace.open.delete(span);
    this.heldSpans -= 1;
    if (isSampled(span.spanContext())) this.options.next.onEnd(span);
    else {
      trace.ended.push(span);
      this.heldSpans += 1;
    }
    if (trace.open.size === 0) this.forget(traceId, trace);
  }

  /** Keeps a trace that failed or was slow, as far as the rate allows. */
  keepFailed(traceId: string): void {
    const trace = this.traces.get(traceId);
    if (trace?.state !== 'undecided') return;
    if (this.withinRate()) return this.keep(trace);
    trace.state = 'refused';
    this.options.onLost('rate', trace.open.size + trace.ended.length);
  }

  /** Keeps a trace that another process has kept. */
  keepJoined(traceId: string): void {
    const trace = this.traces.get(traceId);
    if (trace !== undefined && trace.state !== 'kept') this.keep(trace);
  }

  forceFlush(): Promise<void> {
    return this.options.next.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.options.next.shutdown();
  }

  private keep(trace: HeldTrace): void {
    trace.state = 'kept';
    for (const span of [...trace.open, ...trace.ended]) span.spanContext().traceFlags |= TraceFlags.SAMPLED;
    for (const span of trace.ended) this.options.next.onEnd(span);
    this.heldSpans -= trace.ended.length;
    trace.ended = [];
  }

  private forget(traceId: string, trace: HeldTrace): void {
    this.traces.delete(traceId);
    this.heldSpans -= trace.open.size + trace.ended.length;
  }

  private evictOldest(): void {
    for (const [traceId, trace] of this.traces) {
      this.options.onLost('evicted', trace.open.size + trace.ended.length);
      return this.forget(traceId, trace);
    }
  }

  private isSlow({ duration: [seconds, nanoseconds] }: ReadableSpan): boolean {
    return seconds * 1e3 + nanoseconds / 1e6 >= this.options.slowMs;
  }

  private withinRate(): boolean {
    const now = this.now();
    if (now - this.second.since >= SECOND_MS) this.second = { since: now, kept: 0 };
    this.second.kept += 1;
    return this.second.kept <= MAX_KEPT_PER_SECOND;
  }
}
