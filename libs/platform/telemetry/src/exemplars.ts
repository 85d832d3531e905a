import type { SpanContext } from '@opentelemetry/api';
import { isSampled } from './tracing/traceparent';

/** Buckets of histograms for which an exemplar is remembered, about 500 bytes each. Buckets beyond have none. */
export const MAX_EXEMPLARS = 10_000;
/** An exemplar is shown for so long: time enough for every Prometheus that asks, and its trace is still to be found. */
export const EXEMPLAR_AGE_MS = 600_000;

/** An observation, and the span within which it was made. */
export interface Exemplar {
  value: number;
  /** Epoch milliseconds. */
  at: number;
  span: SpanContext;
}

interface Slot {
  latest: Exemplar;
  /** The latest before it whose trace was sampled when the next one came. */
  sampled: Exemplar | null;
}

/**
 * The latest observation of each bucket that belongs to a sampled trace. Whether a trace is sampled may be decided after the observation, when it fails or is slow
 * (ADR 78), so that each bucket keeps its latest observation too, and is judged when it is shown.
 */
export class Exemplars {
  private readonly slots = new Map<string, Slot>();

  constructor(private readonly now: () => number = Date.now) {}

  observe(bucket: string, value: number, span: SpanContext): void {
    const latest = { value, at: this.now(), span };
    const slot = this.slots.get(bucket);
    if (slot === undefined) {
      if (this.slots.size < MAX_EXEMPLARS) this.slots.set(bucket, { latest, sampled: null });
      return;
    }
    if (isSampled(slot.latest.span)) slot.sampled = slot.latest;
    slot.latest = latest;
  }

  /** Null where no sampled trace has observed in this bucket lately. */
  of(bucket: string): Exemplar | null {
    const { latest, sampled = null } = this.slots.get(bucket) ?? {};
    const shown = latest !== undefined && isSampled(latest.span) ? latest : sampled;
    return shown !== null && this.now() - shown.at <= EXEMPLAR_AGE_MS ? shown : null;
  }
}

type Labels = Readonly<Partial<Record<string, string>>>;

/** Names a bucket of a series, whatever the order of its labels. `le` is the upper bound as Prometheus is told it. */
export function bucketKey(metric: string, labels: readonly string[], le: string): string {
  return `${metric}{${[...labels].sort().join()}}${le}`;
}

/** Labels as they stand in the text format. */
export function labelTexts(labels: Labels): string[] {
  return Object.entries(labels).map(([name, value = '']) => `${name}="${escaped(value)}"`);
}

/** The bucket that an observation falls into, by the upper bounds in their order. */
export function bucketOf(value: number, boundaries: readonly number[]): string {
  const bound = boundaries.find((one) => value <= one);
  return bound === undefined ? '+Inf' : String(bound);
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}
