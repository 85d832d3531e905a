import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  context,
  isSpanContextValid,
  trace,
  type Context,
  type Link,
  type Span,
  type SpanContext,
  type Tracer,
} from '@opentelemetry/api';
import { redactText } from '@voltbus/ocpp';
import { shownError } from '../shown-error';
import type { OpenSpan, SpanAttributes, SpanOptions } from './open-span';
import { formatTraceparent, isSampled, parseTraceparent } from './traceparent';

/** What records the spans of this process. */
interface Recorder {
  tracer: Tracer;
  /** Keeps the trace of a span that failed. */
  keepFailed(span: Span): void;
  /** Keeps the trace of a span because another process has kept its part. */
  keepJoined(span: Span): void;
}

const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT, producer: SpanKind.PRODUCER, consumer: SpanKind.CONSUMER };

/** A longer text of an error is cut. */
const MAX_MESSAGE_LENGTH = 256;

let recorder: Recorder | null = null;

/** Null: spans are recorded no more. */
export function recordWith(next: Recorder | null): void {
  recorder = next;
}

/** False while tracing is off: then nothing of this file costs more than this look. */
export function isTracing(): boolean {
  return recorder !== null;
}

/** Begins a span; null while tracing is off. */
export function openSpan(options: SpanOptions): OpenSpan | null {
  if (recorder === null) return null;
  const { name, kind, attributes, links = [] } = options;
  const span = recorder.tracer.startSpan(
    name,
    {
      ...(kind === undefined ? {} : { kind: KINDS[kind] }),
      ...(attributes === undefined ? {} : { attributes: { ...attributes } }),
      links: links.flatMap(linkOf),
    },
    contextOf(options),
  );
  return new RecordedSpan(span, recorder);
}

/** Begins a span below the active one; null while tracing is off, and where no span is active: background work begins no traces. */
export function openChildSpan(options: Omit<SpanOptions, 'parent'>): OpenSpan | null {
  return recorder === null || trace.getActiveSpan() === undefined ? null : openSpan(options);
}

/** Runs the work within a span of its own, which fails with it. While tracing is off the work just runs, with null. */
export async function inSpan<T>(options: SpanOptions, work: (span: OpenSpan | null) => Promise<T>): Promise<T> {
  const span = openSpan(options);
  if (span === null) return work(null);
  try {
    return await span.run(() => work(span));
  } catch (error) {
    span.fail(error);
    throw error;
  } finally {
    span.end();
  }
}

/** W3C traceparent of the active span, to send or store along; undefined where there is none. */
export function activeTraceparent(): string | undefined {
  const active = activeSpanContext();
  return active === undefined ? undefined : formatTraceparent(active);
}

/** Sets attributes of the active span, where there is one. */
export function setActiveAttributes(attributes: SpanAttributes): void {
  if (recorder !== null) trace.getActiveSpan()?.setAttributes({ ...attributes });
}

/** Id of the active trace for log lines, which have it whether or not the trace is kept. */
export function activeTraceId(): string | undefined {
  return recorder === null ? undefined : trace.getActiveSpan()?.spanContext().traceId;
}

/** The active span, whose trace may be sampled later; undefined while tracing is off, and where no span is active. */
export function activeSpanContext(): SpanContext | undefined {
  const active = recorder === null ? undefined : trace.getActiveSpan()?.spanContext();
  return active !== undefined && isSpanContextValid(active) ? active : undefined;
}

class RecordedSpan implements OpenSpan {
  constructor(
    readonly span: Span,
    private readonly recordedBy: Recorder,
  ) {}

  get traceId(): string {
    return this.span.spanContext().traceId;
  }

  get traceparent(): string {
    return formatTraceparent(this.span.spanContext());
  }

  run<T>(work: () => T): T {
    return context.with(trace.setSpan(context.active(), this.span), work);
  }

  setAttributes(attributes: SpanAttributes): void {
    this.span.setAttributes({ ...attributes });
  }

  fail(error: unknown): void {
    const { type, message } = failureOf(error);
    this.span.setAttribute('error.type', type);
    this.span.setStatus({ code: SpanStatusCode.ERROR, message });
    this.recordedBy.keepFailed(this.span);
  }

  joinDecision(traceparent: string | undefined): void {
    const other = traceparent === undefined ? null : parseTraceparent(traceparent);
    if (other !== null && isSampled(other) && other.traceId === this.traceId) this.recordedBy.keepJoined(this.span);
  }

  end(): void {
    this.span.end();
  }
}

function contextOf({ parent }: SpanOptions): Context {
  if (parent === undefined) return context.active();
  if (parent instanceof RecordedSpan) return trace.setSpan(ROOT_CONTEXT, parent.span);
  const remote = typeof parent === 'string' ? parseTraceparent(parent) : null;
  return remote === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, remote);
}

function linkOf(traceparent: string): Link[] {
  const linked = parseTraceparent(traceparent);
  return linked === null ? [] : [{ context: linked }];
}

/** A text names a failure that is no exception: its type is the text. */
function failureOf(error: unknown): { type: string; message: string } {
  if (!(error instanceof Error)) return { type: String(error), message: String(error) };
  const { type, message, code } = shownError(error) as { type: string; message: string; code?: unknown };
  return { type: typeof code === 'string' ? code : type, message: redactText(message).slice(0, MAX_MESSAGE_LENGTH) };
}
