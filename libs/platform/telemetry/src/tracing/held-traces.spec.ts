import { SpanStatusCode, context, type Span } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { HeldTraces, MAX_HELD_SPANS, MAX_KEPT_PER_SECOND } from './held-traces';
import { RatioSampler } from './ratio-sampler';
import { inSpan, openSpan, recordWith } from './tracer';
import type { OpenSpan } from './open-span';
import { isSampled, parseTraceparent } from './traceparent';

const SLOW_MS = 600_000;
const CALLER = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };
const traceparent = (flags: '00' | '01'): string => `00-${CALLER.traceId}-${CALLER.spanId}-${flags}`;

let exported: InMemorySpanExporter;
let held: HeldTraces;
let lost: Record<string, number>;
let now: number;

/** Records as a process does, with spans exported at once. */
function recordAt(ratio: number): void {
  exported = new InMemorySpanExporter();
  lost = {};
  now = 0;
  const onLost = (reason: string, spans: number): void => void (lost[reason] = (lost[reason] ?? 0) + spans);
  held = new HeldTraces({ next: new SimpleSpanProcessor({ exporter: exported }), slowMs: SLOW_MS, onLost, now: () => now });
  const provider = new TracerProvider({ sampler: new RatioSampler(ratio), spanProcessors: [held] });
  const idOf = (span: Span): string => span.spanContext().traceId;
  recordWith({
    tracer: provider.getTracer('spec'),
    keepFailed: (span) => held.keepFailed(idOf(span)),
    keepJoined: (span) => held.keepJoined(idOf(span)),
  });
}

beforeAll(() => context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()));
beforeEach(() => recordAt(0));
afterAll(() => {
  recordWith(null);
  context.disable();
});

const names = (): string[] => exported.getFinishedSpans().map(({ name }) => name);

/** A span of a test, which always records. */
function span(name: string, parent?: OpenSpan | string): OpenSpan {
  const opened = openSpan({ name, parent: parent ?? null });
  if (opened === null) throw new Error('tracing is off');
  return opened;
}

describe('a trace that was not sampled', () => {
  it('leaves nothing when all went well', async () => {
    await inSpan({ name: 'well' }, () => inSpan({ name: 'below' }, () => Promise.resolve()));
    expect(names()).toEqual([]);
  });

  it('is kept whole when a part of it fails, also what had ended before and what ends after', async () => {
    const root = span('root');
    span('before', root).end();
    await expect(root.run(() => inSpan({ name: 'fails' }, () => Promise.reject(new Error('no'))))).rejects.toThrow('no');
    span('after', root).end();
    root.end();
    expect(names().sort()).toEqual(['after', 'before', 'fails', 'root']);
    expect(exported.getFinishedSpans().every((one) => isSampled(one.spanContext()))).toBe(true);
  });

  it('is kept when a part of it was slow', () => {
    const root = span('root');
    const slow = span('slow', root);
    (slow as unknown as { span: Span }).span.end(
      // the time is given, so that nothing waits
      Date.now() + SLOW_MS + 1,
    );
    root.end();
    expect(names()).toEqual(['slow', 'root']);
  });

  it('says so to other processes from the failure on', () => {
    const root = span('root');
    expect(root.traceparent.endsWith('-00')).toBe(true);
    span('fails', root).fail('callerror');
    expect(root.traceparent.endsWith('-01')).toBe(true);
    expect(isSampled(parseTraceparent(root.traceparent) ?? { traceFlags: 0 })).toBe(true);
  });

  it('is kept when the process that answered has kept its part, and only then', () => {
    const call = span('call');
    call.joinDecision(call.traceparent);
    call.joinDecision(traceparent('01')); // of another trace
    expect(call.traceparent.endsWith('-00')).toBe(true);
    call.joinDecision(call.traceparent.replace(/00$/, '01'));
    call.end();
    expect(names()).toEqual(['call']);
  });

  it.each([[null], [undefined], ['nonsense'], [`00-${'0'.repeat(32)}-00f067aa0ba902b7-01`], [`01-${CALLER.traceId}-${CALLER.spanId}-01`]])(
    'is not joined to what is no traceparent (%s)',
    (given) => {
      const began = openSpan({ name: 'one', parent: given ?? null });
      expect(began?.traceId).not.toBe(CALLER.traceId);
      began?.end();
      expect(names()).toEqual([]);
    },
  );
});

describe('sampling', () => {
  it('follows the parent in another process', () => {
    span('sampled', traceparent('01')).end();
    span('not', traceparent('00')).end();
    expect(exported.getFinishedSpans().map(({ name, parentSpanContext }) => [name, parentSpanContext?.spanId])).toEqual([
      ['sampled', CALLER.spanId],
    ]);
  });

  it('follows a linked span, so that a batch is in the trace of any of its messages', () => {
    openSpan({ name: 'batch', parent: null, links: [traceparent('00'), 'nonsense', traceparent('01')] })?.end();
    expect(names()).toEqual(['batch']);
  });

  it.each([
    [0, 0, 0],
    [0.25, 150, 350],
    [1, 1_000, 1_000],
  ])('takes a share of %s of the traces that begin here', (ratio, least, most) => {
    recordAt(ratio);
    for (let nth = 0; nth < 1_000; nth++) span('one').end();
    expect(names().length).toBeGreaterThanOrEqual(least);
    expect(names().length).toBeLessThanOrEqual(most);
  });
});

describe('the memory of what is undecided', () => {
  it('is bounded: beyond, the oldest trace is forgotten and counted', () => {
    const oldest = span('oldest');
    const open = Array.from({ length: MAX_HELD_SPANS }, () => span('open'));
    expect(lost).toEqual({ evicted: 1 });
    oldest.fail('too late');
    oldest.end();
    open.at(-1)?.fail('in time');
    for (const one of open) one.end();
    expect(names()).toEqual(['open']);
    for (let nth = 0; nth < MAX_HELD_SPANS; nth++) span('next').end();
    expect(lost).toEqual({ evicted: 1 }); // what has ended is not held
  });

  it('keeps so many failures in a second and no more, and those of the next second again', () => {
    const failing = (): void => {
      const one = span('failing');
      one.fail('outage');
      one.end();
    };
    for (let nth = 0; nth < MAX_KEPT_PER_SECOND + 3; nth++) failing();
    expect(names()).toHaveLength(MAX_KEPT_PER_SECOND);
    expect(lost).toEqual({ rate: 3 });
    now = 1_000;
    failing();
    expect(names()).toHaveLength(MAX_KEPT_PER_SECOND + 1);
  });
});

it('shows an error without values and secrets', async () => {
  const quoting = Object.assign(new Error('invalid input syntax for type uuid: "SECRET-1"'), { code: '22P02', detail: 'SECRET-2' });
  await inSpan({ name: 'query' }, () => Promise.reject(quoting)).catch(() => undefined);
  const url = new Error('cannot reach https://cs:SECRET-3SECRET-3@auth.example/');
  await inSpan({ name: 'fetch' }, () => Promise.reject(url)).catch(() => undefined);
  const seen = exported.getFinishedSpans().map(({ name, status, attributes, events }) => ({ name, status, attributes, events }));
  expect(JSON.stringify(seen)).not.toContain('SECRET');
  expect(seen[0]).toMatchObject({ status: { code: SpanStatusCode.ERROR }, attributes: { 'error.type': '22P02' }, events: [] });
  expect(seen[1]?.status.message).toContain('cannot reach https://');
});

it('does nothing while tracing is off', async () => {
  recordWith(null);
  expect(openSpan({ name: 'one' })).toBeNull();
  expect(await inSpan({ name: 'two' }, (none) => Promise.resolve(none))).toBeNull();
  expect(held).toBeDefined();
});
