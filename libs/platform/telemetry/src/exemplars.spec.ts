import { TraceFlags, type SpanContext } from '@opentelemetry/api';
import { EXEMPLAR_AGE_MS, Exemplars, MAX_EXEMPLARS, bucketKey, bucketOf, labelTexts } from './exemplars';

const spanOf = (id: number, sampled: boolean): SpanContext => ({
  ...{ traceId: String(id).padStart(32, '0'), spanId: String(id).padStart(16, '0') },
  traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
});

describe('the exemplar of a bucket', () => {
  let now = 0;
  let exemplars: Exemplars;
  beforeEach(() => {
    now = 1_000;
    exemplars = new Exemplars(() => now);
  });

  it('is the latest observation of a sampled trace', () => {
    exemplars.observe('a', 1, spanOf(1, true));
    exemplars.observe('a', 2, spanOf(2, true));
    exemplars.observe('a', 3, spanOf(3, false));
    expect(exemplars.of('a')).toEqual({ value: 2, at: 1_000, span: spanOf(2, true) });
    expect(exemplars.of('b')).toBeNull();
  });

  it('is never of a trace that was not sampled', () => {
    exemplars.observe('a', 1, spanOf(1, false));
    exemplars.observe('a', 2, spanOf(2, false));
    expect(exemplars.of('a')).toBeNull();
  });

  it('may be of a trace that is kept after the observation, because it fails or is slow', () => {
    const span = spanOf(1, false);
    exemplars.observe('a', 1, span);
    span.traceFlags |= TraceFlags.SAMPLED;
    expect(exemplars.of('a')?.span.traceId).toBe(span.traceId);
    exemplars.observe('a', 2, spanOf(2, false));
    expect(exemplars.of('a')?.value).toBe(1);
  });

  it('is shown for ten minutes', () => {
    exemplars.observe('a', 1, spanOf(1, true));
    now += EXEMPLAR_AGE_MS;
    expect(exemplars.of('a')?.value).toBe(1);
    now += 1;
    expect(exemplars.of('a')).toBeNull();
  });

  it('is not remembered for more buckets than a process may have', () => {
    for (let bucket = 0; bucket <= MAX_EXEMPLARS; bucket += 1) exemplars.observe(String(bucket), 1, spanOf(1, true));
    expect(exemplars.of(String(MAX_EXEMPLARS - 1))).not.toBeNull();
    expect(exemplars.of(String(MAX_EXEMPLARS))).toBeNull();
    exemplars.observe('0', 7, spanOf(2, true));
    expect(exemplars.of('0')?.value).toBe(7);
  });
});

describe('a bucket', () => {
  it.each([
    [0, '0.5'],
    [0.5, '0.5'],
    [0.500001, '1'],
    [1, '1'],
    [1.1, '+Inf'],
  ])('takes %d up to %s', (value, le) => expect(bucketOf(value, [0.5, 1])).toBe(le));

  it('is the same whatever the order of labels, and another for other labels', () => {
    const key = (labels: Record<string, string>) => bucketKey('m', labelTexts(labels), '1');
    expect(key({ b: 'x', a: 'y' })).toBe(key({ a: 'y', b: 'x' }));
    expect(key({ a: 'x', b: 'y' })).not.toBe(key({ a: 'y', b: 'x' }));
    expect(labelTexts({ a: 'a "b"\n\\' })).toEqual(['a="a \\"b\\"\\n\\\\"']);
  });
});
