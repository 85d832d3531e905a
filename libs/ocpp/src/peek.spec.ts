import fc from 'fast-check';
import { MAX_FRAME_BYTES } from './guarded-json';
import { peek, type Peek } from './peek';

const TYPES = ['call', 'result', 'error', 'result-error', 'send'];
const bytes = (text: string): Uint8Array => Buffer.from(text, 'utf8');

function read(frame: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(frame));
  } catch {
    return undefined;
  }
}

/**
 * The promise of `peek`, checked with `JSON.parse`: whole and peeked envelope are the same frame, or neither is one.
 */
function expectHonest(frame: Uint8Array, peeked: Peek): void {
  const whole = read(frame);
  if (peeked.type === 'broken') return;
  if (!('payloadStart' in peeked)) {
    if (whole !== undefined)
      expect([TYPES[Number((whole as unknown[])[0]) - 2], (whole as unknown[])[1]]).toEqual([peeked.type, peeked.id]);
    return;
  }
  const { payloadStart, payloadEnd, ...envelope } = peeked;
  const hasPayload = payloadEnd > payloadStart;
  const payload = hasPayload ? read(frame.subarray(payloadStart, payloadEnd)) : undefined;
  const head = 'action' in envelope ? [TYPES.indexOf(envelope.type) + 2, envelope.id, envelope.action] : [3, envelope.id];
  const claimed = hasPayload ? [...head, payload] : head;
  const sameLength = Array.isArray(whole) && whole.length === claimed.length;
  expect(sameLength).toBe(!hasPayload ? whole !== undefined : payload !== undefined);
  if (sameLength) expect(whole).toEqual(claimed);
}

/** Frames as stations write them, and as nobody should: pieces of frames in any order, with any blanks, cut anywhere. */
const piece = fc.constantFrom(
  ...[
    '[',
    ']',
    '{',
    '}',
    ',',
    ':',
    '"',
    '\\',
    ' ',
    '\n',
    '\t',
    '\ufeff',
    '0',
    '2',
    '3',
    '4',
    '5',
    '6',
    '7',
    '-1',
    '1e3',
    '1.0',
    'null',
    'true',
  ],
  ...[
    '"a"',
    '"Heartbeat"',
    '"\\u0041"',
    '"\\u0000"',
    '"\\ud800"',
    '"é"',
    '"😀"',
    '"\\""',
    '"]"',
    '{}',
    '{"a":[1,"]",{}]}',
    '[[]]',
    '\u0000',
    '"\u007f"',
  ],
);
const soup = fc.array(piece, { maxLength: 14 }).map((pieces) => bytes(pieces.join('')));
const blanks = fc.array(fc.constantFrom(' ', '\t', '\n', '\r'), { maxLength: 2 }).map((list) => list.join(''));
const element = fc.oneof(
  fc.constantFrom('2', '3', '6'),
  fc.json({ maxDepth: 2 }),
  fc.string({ unit: 'binary', maxLength: 40 }).map((text) => JSON.stringify(text)),
);
const framed = fc
  .tuple(fc.constantFrom('2', '3', '4', '5', '6', '2'), fc.array(fc.tuple(element, blanks), { maxLength: 5 }), blanks)
  .map(([type, elements, space]) =>
    bytes(`${space}[${space}${type}${elements.map(([text, gap]) => `${gap},${gap}${text}`).join('')}${space}]${space}`),
  );
const damaged = fc.tuple(framed, fc.nat(), fc.integer({ min: 0, max: 255 })).map(([frame, place, byte]) => {
  const copy = Uint8Array.from(frame);
  copy[place % copy.length] = byte;
  return copy;
});

/** Whole calls, but for what stands between the quotes. */
const rawText = fc.string({
  unit: fc.constantFrom('a', 'é', '\\', '"', '\n', '\u0000', '\u001f', '\u007f', 'u0041', 'n', '😀'),
  maxLength: 4,
});
const almost = fc.tuple(rawText, rawText, rawText).map(([id, action, payload]) => bytes(`[2,"${id}","${action}",{"${payload}":1}]`));

describe('the envelope peek', () => {
  it.each([
    ['frames', framed],
    ['frames with one byte changed', damaged],
    ['calls with anything in quotes', almost],
    ['pieces of frames', soup],
    ['any bytes', fc.uint8Array({ maxLength: 60 })],
  ])('never claims an envelope that JSON.parse would read differently: %s', (_what, frames) => {
    fc.assert(
      fc.property(frames, (frame) => expectHonest(frame, peek(frame))),
      { numRuns: 3000 },
    );
  });

  it('reads every call that has a text id, an action and a payload', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((value) => !/[\0\ud800-\udfff]/u.test(value));
    fc.assert(
      fc.property(text, text, fc.dictionary(fc.string(), fc.jsonValue()), blanks, (id, action, payload, gap) => {
        const json = JSON.stringify(payload);
        const frame = bytes(`[${gap}2,${gap}${JSON.stringify(id)}${gap},${JSON.stringify(action)},${gap}${json}${gap}]${gap}`);
        const peeked = peek(frame);
        expect(peeked).toMatchObject({ type: 'call', id, action });
        if ('payloadStart' in peeked) expect(Buffer.from(frame.subarray(peeked.payloadStart, peeked.payloadEnd)).toString()).toBe(json);
      }),
    );
  });

  it.each([
    ['[2,"1","Heartbeat"]', { type: 'call', id: '1', action: 'Heartbeat', payloadStart: 18, payloadEnd: 18 }],
    ['[3,"1",{}]', { type: 'result', id: '1', payloadStart: 7, payloadEnd: 9 }],
    ['[4,"1","GenericError","",{}]', { type: 'error', id: '1' }],
    ['[4,"1"]', { type: 'error', id: '1' }],
    ['[5,"1","GenericError","",{}]', { type: 'result-error', id: '1' }],
    [
      '[6,"1","NotifyPeriodicEventStream",{}]',
      { type: 'send', id: '1', action: 'NotifyPeriodicEventStream', payloadStart: 35, payloadEnd: 37 },
    ],
    ['[2,17,"Heartbeat",{}]', { type: 'call', id: 17, action: 'Heartbeat', payloadStart: 18, payloadEnd: 20 }],
    ['[2,-1,"Heartbeat",{}]', { type: 'call', id: -1, action: 'Heartbeat', payloadStart: 18, payloadEnd: 20 }],
  ])('reads %s', (frame, expected) => {
    expect(peek(bytes(frame))).toEqual(expected);
  });

  it.each([
    ['', { fault: 'not-a-frame' }],
    ['{}', { fault: 'not-a-frame' }],
    ['["2","1","Heartbeat",{}]', { fault: 'not-a-frame' }],
    ['[22,"1","Heartbeat",{}]', { fault: 'not-a-frame' }],
    ['[1,"1","Heartbeat",{}]', { fault: 'unknown-type', id: '1' }],
    ['[2]', { fault: 'not-a-frame' }],
    ['[2,null,"Heartbeat",{}]', { fault: 'id-unreadable', of: 'call' }],
    ['[2,1.5,"Heartbeat",{}]', { fault: 'id-unreadable', of: 'call' }],
    ['[2,1e3,"Heartbeat",{}]', { fault: 'id-unreadable', of: 'call' }],
    ['[2,012,"Heartbeat",{}]', { fault: 'id-unreadable', of: 'call' }],
    ['[2,9007199254740993,"Heartbeat",{}]', { fault: 'id-unreadable', of: 'call' }],
    ['[2,"a\n","Heartbeat",{}]', { fault: 'id-unreadable', of: 'call' }],
    ['[2,"a\\u0000","Heartbeat",{}]', { fault: 'id-unreadable', of: 'call' }],
    ['[2,"\\ud800","Heartbeat",{}]', { fault: 'id-unreadable', of: 'call' }],
    ['[2,"1"]', { fault: 'elements', of: 'call', id: '1' }],
    ['[2,"1",{}]', { fault: 'action-unreadable', of: 'call', id: '1' }],
    ['[2,"1","",{}]', { fault: 'action-unreadable', of: 'call', id: '1' }],
    ['[2,"1","Heartbeat",]', { fault: 'not-json', of: 'call', id: '1' }],
    ['[2,"1","Heartbeat",{}', { fault: 'not-json', of: 'call', id: '1' }],
    ['[2,"1","Heartbeat"{}]', { fault: 'not-json', of: 'call', id: '1' }],
  ])('finds the fault of %s, and its id if it can be read', (frame, expected) => {
    expect(peek(bytes(frame))).toEqual({ type: 'broken', ...expected });
  });

  it('accepts an id of 36 characters and refuses one of 37, echoing it', () => {
    expect(peek(bytes(`[2,"${'x'.repeat(36)}","Heartbeat",{}]`))).toMatchObject({ type: 'call' });
    expect(peek(bytes(`[2,"${'x'.repeat(37)}","Heartbeat",{}]`))).toEqual({
      type: 'broken',
      fault: 'id-too-long',
      of: 'call',
      id: 'x'.repeat(37),
    });
  });

  it('echoes no id of more than 255 characters and stops reading an endless one', () => {
    expect(peek(bytes(`[2,"${'x'.repeat(256)}","Heartbeat",{}]`))).toEqual({ type: 'broken', fault: 'id-too-long', of: 'call' });
    expect(peek(bytes(`[2,"${'x'.repeat(5000)}","Heartbeat",{}]`))).toEqual({ type: 'broken', fault: 'id-unreadable', of: 'call' });
  });

  it('refuses a frame of more than 1 MiB, with its id', () => {
    const frame = (length: number): Uint8Array => bytes(`[2,"1","DataTransfer","${'x'.repeat(length - 25)}"]`);
    expect(peek(frame(MAX_FRAME_BYTES))).toMatchObject({ type: 'call' });
    expect(peek(frame(MAX_FRAME_BYTES + 1))).toEqual({ type: 'broken', fault: 'too-large', of: 'call', id: '1' });
  });
});

it.each(['MeterValues', 'StartTransaction', 'StopTransaction', 'TransactionEvent'])(
  '%s is not lost for an id of 37 to 255 characters',
  (action) => {
    const peekAtId = (length: number) => peek(Buffer.from(`[2,"${'x'.repeat(length)}","${action}",{}]`));
    expect(peekAtId(37)).toMatchObject({ type: 'call', id: 'x'.repeat(37), action });
    expect(peekAtId(255)).toMatchObject({ type: 'call', id: 'x'.repeat(255), action });
    expect(peekAtId(256)).toEqual({ type: 'broken', fault: 'id-too-long', of: 'call' });
  },
);
