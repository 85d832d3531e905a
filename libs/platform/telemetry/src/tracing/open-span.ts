export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

export interface SpanOptions {
  /** Of few different values: an action, a route, a topic; never an id. */
  name: string;
  kind?: 'server' | 'client' | 'producer' | 'consumer';
  /** Ids and names only: no payload, no token, no secret (docs/how-to/follow-a-session.md). */
  attributes?: SpanAttributes;
  /** Traceparent of another process's span, or a span of this one; default: the active span. Null, or no valid traceparent: the span begins a trace. */
  parent?: string | OpenSpan | null | undefined;
  /** Traceparents of other spans that this one works for. */
  links?: readonly string[];
}

/** A span that was begun. Exactly one `end` must follow. */
export interface OpenSpan {
  readonly traceId: string;
  /** W3C traceparent to send along. */
  readonly traceparent: string;
  /** Runs the work with this as the active span: spans and log lines of the work belong to it. */
  run<T>(work: () => T): T;
  setAttributes(attributes: SpanAttributes): void;
  /** Marks the span as failed, which keeps its trace. An error is shown without values and secrets. */
  fail(error: unknown): void;
  /** Keeps this trace when the process that sent the traceparent has kept it. */
  joinDecision(traceparent: string | undefined): void;
  end(): void;
}
