import { CDRS, type Command } from '@voltbus/contracts';
import { ForeignStation } from './foreign-station';
import { readTopic } from './kafka-topic';
import type { OtlpReceiver, ReceivedSpan } from './otlp-receiver';
import { planFor } from './plug-to-cdr';
import { boot, start, stop } from './session';
import { prepare, type Shape } from './shape';

/** A stack whose processes export every trace to the receiver. */
export interface TracedShape extends Shape {
  brokers: string[];
  adminKey: string;
  receiver: OtlpReceiver;
}

const STATION = 'traced';
const TOKEN = 'TRACED-TOKEN';
const CALLER = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };

/** One trace from a station's frame to its answer and to the CDR on the topic, and one from a caller's command to the station and back. */
export function proveTraces(shape: () => TracedShape): void {
  describe('traces', () => {
    let station: ForeignStation;
    let password: string;

    beforeAll(async () => {
      password = await prepare(shape().api, [STATION], TOKEN);
      station = await ForeignStation.connect({ url: `${shape().ocppUrls[0]}/default`, station: STATION, protocol: 'ocpp1.6', password });
      await boot(station);
    });
    afterAll(() => station?.close());

    it('go from the frame through the services to the CDR on the topic, and back to the station', async () => {
      const plan = { ...planFor('ocpp1.6'), idToken: TOKEN };
      await stop(station, plan, await start(station, plan));
      const trace = await shape().receiver.traceWith(
        'a trace from StopTransaction to the CDR',
        (spans) =>
          spans.some(({ name, attributes }) => name === 'receive StopTransaction' && attributes['voltbus.station'] === STATION) &&
          has(spans, ['gateway receive StopTransaction', 'gateway answer StopTransaction', 'cdr send csms.cdrs.v1']) &&
          isWhole(spans),
      );
      const received = spanOf(trace, 'gateway', 'receive StopTransaction');
      expect(received.parentId).toBe('');
      expect(received.attributes).toMatchObject({ 'voltbus.tenant': 'default', 'voltbus.station': STATION, 'ocpp.result': 'ok' });
      const handled = childOf(trace, childOf(trace, received, 'send csms.internal.ocpp.transaction.v1'), 'process StopTransaction');
      expect(handled).toMatchObject({ service: 'transaction', attributes: { 'voltbus.epoch': expect.any(Number) } });
      const answered = childOf(trace, childOf(trace, handled, 'send csms.internal.ocpp.downlink.v1'), 'answer StopTransaction');
      expect(answered.service).toBe('gateway');
      expect(statementsBelow(trace, handled).join('\n')).toContain('INSERT transactions.outbox');
      const ended = trace.filter(({ name }) => name === 'process voltbus.transaction.ended' || name === 'process ended');
      const billed = ended.find(({ service }) => service === 'cdr');
      expect(trace.find(({ spanId }) => spanId === billed?.parentId)).toMatchObject({
        ...{ service: 'transaction', name: 'send csms.transactions.v1', parentId: handled.spanId },
      });
      const published = childOf(trace, billed ?? received, 'send csms.cdrs.v1');
      const records = await readTopic(shape().brokers, CDRS.name);
      const ours = records.filter(({ key }) => key === `default/${STATION}`);
      expect(ours.map(({ headers }) => headers['ce_traceparent'])).toEqual([`00-${published.traceId}-${published.spanId}-01`]);
    });

    it('go from a caller through the API to the station, and back through the router', async () => {
      station.answer('Reset', () => ({ status: 'Accepted' }));
      const traceparent = `00-${CALLER.traceId}-${CALLER.spanId}-01`;
      const command = { action: 'Reset', payload: { type: 'Soft' }, wait: 30 };
      expect((await shape().api.post<Command>(`/v1/stations/${STATION}/commands`, command, { traceparent })).body.status).toBe('answered');
      const trace = await shape().receiver.traceWith(
        "the trace of the caller's command, to its result",
        (spans) =>
          spans.some(({ traceId }) => traceId === CALLER.traceId) &&
          has(spans, ['api POST /v1/stations/:station/commands', 'router send csms.command-results.v1']) &&
          isWhole(spans),
      );
      const requested = trace.find(({ parentId }) => parentId === CALLER.spanId);
      expect(requested).toMatchObject({ service: 'api', name: 'POST /v1/stations/:station/commands' });
      const dispatched = spanOf(trace, 'api', 'dispatch command');
      expect(dispatched.parentId).toBe(requested?.spanId);
      const called = childOf(trace, childOf(trace, dispatched, 'send csms.internal.ocpp.downlink.v1'), 'call Reset');
      expect(called).toMatchObject({ service: 'gateway', attributes: { 'ocpp.result': 'ok', 'voltbus.station': STATION } });
      const results = trace.filter(({ service, parentId }) => service === 'router' && parentId === called.spanId);
      const last = spanOf(trace, 'router', 'send csms.command-results.v1');
      expect(results.map(({ spanId }) => spanId)).toContain(last.parentId);
    });

    it('hold no password, token, key or payload', () => {
      const { text } = shape().receiver;
      expect(text).toContain(STATION);
      for (const secret of [password, TOKEN, shape().adminKey, 'Model S', '"Soft"']) expect(text).not.toContain(secret);
    });
  });
}

function has(trace: readonly ReceivedSpan[], spans: readonly string[]): boolean {
  return spans.every((one) => trace.some(({ service, name }) => `${service} ${name}` === one));
}

/** Each process exports for itself: a trace is whole when the parent of every span has come. */
function isWhole(trace: readonly ReceivedSpan[]): boolean {
  const known = new Set(['', CALLER.spanId, ...trace.map(({ spanId }) => spanId)]);
  return trace.every(({ parentId }) => known.has(parentId));
}

function spanOf(trace: readonly ReceivedSpan[], service: string, name: string): ReceivedSpan {
  const found = trace.find((span) => span.service === service && span.name === name);
  if (found === undefined) throw new Error(`no ${name} of ${service} in ${shown(trace)}`);
  return found;
}

function childOf(trace: readonly ReceivedSpan[], { spanId }: ReceivedSpan, name: string): ReceivedSpan {
  const found = trace.find((span) => span.parentId === spanId && span.name === name);
  if (found === undefined) throw new Error(`no ${name} below ${spanId} in ${shown(trace)}`);
  return found;
}

function statementsBelow(trace: readonly ReceivedSpan[], { spanId }: ReceivedSpan): string[] {
  const below = trace.filter(({ parentId }) => parentId === spanId);
  return below.filter(({ attributes }) => attributes['db.system.name'] === 'postgresql').map(({ name }) => name);
}

function shown(trace: readonly ReceivedSpan[]): string {
  return trace.map(({ service, name, spanId, parentId }) => `${service} ${name} ${spanId} below ${parentId}`).join('\n');
}
