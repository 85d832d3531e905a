import { trace } from '@opentelemetry/api';

/** Sets an attribute of the active OpenTelemetry span; without a tracing SDK in the process there is none, and nothing happens. */
export function setSpanAttribute(name: string, value: string | string[]): void {
  trace.getActiveSpan()?.setAttribute(name, value);
}
