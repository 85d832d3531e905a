import fc from 'fast-check';
import { PROTOCOLS, readStationTime } from '@voltbus/contracts';
import { fuzzOptions, fuzzedPayload } from './fuzz';
import { actionsOf, checkRequest, checkResponse, encodeError, encodeResult, parseFrame, peek, type Protocol } from '@voltbus/ocpp';

/** A frame that takes longer holds up every other station of its gateway. */
const LONGEST_MS = 100;
const YEAR_MS = 365 * 86_400_000;

/** Runs and takes the time; a first one that is too slow is tried again, for the machine may have been busy. */
function within<T>(what: string, work: () => T): T {
  for (let tries = 1; ; tries++) {
    const begunAt = performance.now();
    const result = work();
    const ms = performance.now() - begunAt;
    if (ms <= LONGEST_MS) return result;
    if (tries === 3) throw new Error(`${what}: ${Math.round(ms)} ms`);
  }
}

/** What a station may write: its CALLs, and answers to ours. */
const messagesOf = (protocol: Protocol) =>
  actionsOf(protocol).flatMap(({ action, initiator, kind }) => [
    ...(initiator === 'csms' ? [] : [{ action, kind: 'Request' as const }]),
    ...(initiator === 'station' || kind === 'send' ? [] : [{ action, kind: 'Response' as const }]),
  ]);

describe.each(PROTOCOLS)('a frame of a station of %s', (protocol) => {
  it('is read, checked and answered, whatever stands in its payload', () => {
    checkRequest(protocol, 'Heartbeat', {}, 'inbound'); // the validators are loaded before the time runs
    const message = fc
      .constantFrom(...messagesOf(protocol))
      .chain((one) => fuzzedPayload(protocol, `${one.action}${one.kind}`).map((json) => ({ ...one, json })));
    fc.assert(
      fc.property(message, ({ action, kind, json }) => {
        const text = kind === 'Request' ? `[2,"m","${action}",${json}]` : `[3,"m",${json}]`;
        const frame = within('parseFrame', () => parseFrame(Buffer.from(text)));
        if (frame.type === 'broken') return;
        const payload = 'payload' in frame ? frame.payload : undefined;
        const check = kind === 'Request' ? checkRequest : checkResponse;
        const checked = within(`check${kind}`, () => check(protocol, action, payload, 'inbound'));
        if (!checked.ok) return expect(parseFrame(encodeError(protocol, 'm', checked.error)).type).toBe('error');
        // what was accepted can be written, read and accepted again
        const again = parseFrame(encodeResult('m', checked.payload as object));
        expect(again).toMatchObject({ type: 'result' });
        if (again.type === 'result') expect(check(protocol, action, again.payload, 'inbound').ok).toBe(true);
        expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
      }),
      fuzzOptions(),
    );
  });
});

describe('bytes of any kind', () => {
  const FRAMES = [
    '[2,"m","Heartbeat",{}]',
    '[3,"m",{"status":"Accepted"}]',
    '[4,"m","GenericError","",{}]',
    '[6,"m","NotifyPeriodicEventStream",{}]',
  ];
  const edited = fc
    .tuple(
      fc.constantFrom(...FRAMES),
      fc.array(fc.record({ at: fc.nat(80), cut: fc.nat(3), put: fc.uint8Array({ maxLength: 4 }) }), { maxLength: 5 }),
    )
    .map(([frame, edits]) =>
      edits.reduce<Buffer>((bytes, { at, cut, put }) => {
        const place = Math.min(at, bytes.length);
        return Buffer.concat([bytes.subarray(0, place), put, bytes.subarray(place + cut)]);
      }, Buffer.from(frame)),
    );

  it('are a frame with the envelope that JSON.parse reads, or broken', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          edited,
          fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
          fc.json().map((text) => Buffer.from(text)),
        ),
        (bytes) => {
          const [peeked, frame] = [within('peek', () => peek(bytes)), within('parseFrame', () => parseFrame(bytes))];
          if (frame.type === 'broken') return;
          expect(peeked).toMatchObject({ type: frame.type, id: frame.id });
          const parsed = JSON.parse(bytes.toString('utf8')) as unknown[];
          expect([frame.id, 'action' in frame ? frame.action : undefined]).toEqual([parsed[1], 'action' in frame ? parsed[2] : undefined]);
        },
      ),
      fuzzOptions(),
    );
  });

  it('are a time or none, and a time is one that can be stored', () => {
    const digits = fc.string({ unit: fc.constantFrom(...'0123456789-:T.Z+ ') });
    const date = fc.date({ noInvalidDate: true }).map((at) => at.toISOString());
    fc.assert(
      fc.property(
        fc.oneof(
          digits,
          date,
          fc.string(),
          fc.tuple(date, digits).map((parts) => parts.join('')),
        ),
        (text) => {
          const { at } = within('readStationTime', () => readStationTime(text, new Date()));
          expect(Math.abs(at - Date.now())).toBeLessThan(YEAR_MS); // a clock is believed within a window, else the receipt's time stands
        },
      ),
      fuzzOptions(),
    );
  });
});
