import { trace, type Attributes, type Context, type Link, type SpanKind } from '@opentelemetry/api';
import { SamplingDecision, TraceIdRatioBasedSampler, type Sampler, type SamplingResult } from '@opentelemetry/sdk-trace';
import { isSampled } from './traceparent';

/**
 * Samples as the parent or a linked span was, and a share of the traces that begin here. Every other span is recorded without being sampled: whether its
 * trace is kept is decided when its part in this process has ended (ADR 78).
 */
export class RatioSampler implements Sampler {
  private readonly ratio: TraceIdRatioBasedSampler;

  constructor(ratio: number) {
    this.ratio = new TraceIdRatioBasedSampler(ratio);
  }

  shouldSample(at: Context, traceId: string, _name: string, _kind: SpanKind, _attributes: Attributes, links: Link[]): SamplingResult {
    const parent = trace.getSpanContext(at);
    const sampled =
      parent === undefined ? this.ratio.shouldSample(at, traceId).decision === SamplingDecision.RECORD_AND_SAMPLED : isSampled(parent);
    const decided = sampled || links.some(({ context: linked }) => isSampled(linked));
    return { decision: decided ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.RECORD };
  }

  toString(): string {
    return `RatioSampler{${this.ratio.toString()}}`;
  }
}
