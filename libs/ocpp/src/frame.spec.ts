import fc from 'fast-check';
import { answerBroken, encodeCall, encodeError, encodeResult, encodeResultError, encodeSend } from './encode';
import { OcppError } from './errors';
import { knowsFrameType, parseFrame } from './frame';
import { faultIn, MAX_DEPTH, MAX_FRAME_BYTES } from './guarded-json';
import { peek, type BrokenFrame } from './peek';

const call = (payload: string): string => `[2,"1","DataTransfer",${payload}]`;
const nested = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;

describe('reading a frame', () => {
  it('never throws, and never disagrees with the peek', () => {
    const json = fc.json({ maxDepth: 4 }).map((text) => call(text));
    fc.assert(
      fc.property(fc.oneof(json, fc.string(), fc.uint8Array(), fc.json()), (input) => {
        const frame = parseFrame(input);
        const peeked = peek(typeof input === 'string' ? Buffer.from(input) : input);
        if (frame.type !== 'broken') expect(frame).toMatchObject({ type: peeked.type, id: 'id' in peeked ? peeked.id : undefined });
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['[2,"1","Heartbeat",{}]', { type: 'call', id: '1', action: 'Heartbeat', payload: {} }],
    ['[2,"1","Heartbeat"]', { type: 'call', id: '1', action: 'Heartbeat', payload: undefined }],
    ['[2,"1","Heartbeat",null]', { type: 'call', id: '1', action: 'Heartbeat', payload: null }],
    ['[3,5,{"currentTime":"x"}]', { type: 'result', id: 5, payload: { currentTime: 'x' } }],
    ['[4,"1","NotSupported","no",{"a":1}]', { type: 'error', id: '1', code: 'NotSupported', description: 'no', details: { a: 1 } }],
    ['[4,"1","NotSupported","no"]', { type: 'error', id: '1', code: 'NotSupported', description: 'no', details: undefined }],
    ['[4,"1",17,null,"text",true]', { type: 'error', id: '1', code: 'GenericError', description: '', details: 'text' }],
    ['[6,"1","NotifyPeriodicEventStream",{"id":1}]', { type: 'send', id: '1', action: 'NotifyPeriodicEventStream', payload: { id: 1 } }],
  ])('%s', (text, expected) => {
    expect(parseFrame(text)).toEqual(expected);
  });

  it.each([
    ['a fifth element of a call', '[2,"1","Heartbeat",{},{}]', 'elements'],
    ['a fourth element of a result', '[3,"1",{},{}]', 'elements'],
    ['a payload that is no JSON', call('[,{'), 'not-json'],
    ['NUL, which Postgres cannot store', call('{"data":"a\\u0000b"}'), 'unstorable-text'],
    ['NUL in a key', call('{"a\\u0000":1}'), 'unstorable-text'],
    ['half a surrogate pair', call('{"data":"\\ud83d"}'), 'unstorable-text'],
    ['half a surrogate pair that was not escaped', call('{"data":"\ud83d"}'), 'unstorable-text'],
    ['a number beyond a double', call('{"data":1e400}'), 'number-out-of-range'],
    ['a number beyond a double, in digits', call(`{"data":${'9'.repeat(310)}}`), 'number-out-of-range'],
    ['__proto__ as a key', call('{"__proto__":{"polluted":true}}'), 'prototype-key'],
    ['__proto__ in escapes', call('{"\\u005f_proto__":{"polluted":true}}'), 'prototype-key'],
    ['constructor.prototype as keys', call('{"constructor":{"prototype":{"polluted":true}}}'), 'prototype-key'],
    [`more than ${MAX_DEPTH} levels`, call(nested(MAX_DEPTH)), 'too-deep'],
    ['a depth bomb', call('['.repeat(32_000)), 'too-deep'],
    ['a closed depth bomb', call(nested(32_000)), 'too-deep'],
  ])('refuses %s with an error that has its id', (_what, text, fault) => {
    expect(parseFrame(text)).toEqual({ type: 'broken', fault, of: text.startsWith('[3') ? 'result' : 'call', id: '1' });
  });

  it.each([
    ['a whole surrogate pair', '{"data":"\\ud83d\\ude00 \u{1f600}"}'],
    [`${MAX_DEPTH} levels`, nested(MAX_DEPTH - 1)],
    ['a large number', '{"data":1e300}'],
    ['texts that look like keys', '{"data":"__proto__ prototype \\u0041","constructor":{"a":1}}'],
    ['brackets and quotes in text', `{"data":"${'['.repeat(100)}\\"${'{'.repeat(100)}\\\\"}`],
  ])('accepts %s', (_what, payload) => {
    expect(parseFrame(call(payload))).toEqual({ type: 'call', id: '1', action: 'DataTransfer', payload: JSON.parse(payload) as unknown });
  });

  it('reads frames up to 1 MiB and none beyond', () => {
    const text = (length: number): string => call(`"${'x'.repeat(length - call('""').length)}"`);
    expect(parseFrame(text(MAX_FRAME_BYTES))).toMatchObject({ type: 'call' });
    expect(parseFrame(text(MAX_FRAME_BYTES + 1))).toMatchObject({ fault: 'too-large' });
  });

  it('refuses bytes that are not UTF-8', () => {
    expect(parseFrame(Buffer.concat([Buffer.from('[2,"1","DataTransfer","'), Buffer.from([0xff]), Buffer.from('"]')]))).toMatchObject({
      fault: 'not-json',
      id: '1',
    });
  });

  it('accepts no frame in which faultIn finds a fault', () => {
    const text = fc.string({ unit: 'binary' });
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 3 },
        text,
        fc.double(),
        fc.array(tie('any')),
        fc.dictionary(fc.oneof(text, fc.constant('__proto__')), tie('any')),
      ),
    })).any;
    fc.assert(
      fc.property(value, (payload) => {
        const json = JSON.stringify(payload);
        const frame = parseFrame(call(json));
        expect(frame.type === 'broken').toBe(faultIn(JSON.parse(json), 2) !== undefined);
      }),
    );
    expect(Object.prototype).not.toHaveProperty('polluted');
  });
});

describe('a message about a transaction with a value that no database can store', () => {
  const about = (payload: string) => parseFrame(Buffer.from(`[2,"m","StopTransaction",${payload}]`));

  it.each([
    ['NUL, which readers add to tags', '{"idTag":"A\\u0000B\\u0000"}', { idTag: 'AB' }, 'unstorable-text /'],
    ['NUL in a key', '{"idTag\\u0000":"A"}', { idTag: 'A' }, 'unstorable-text /'],
    ['half a surrogate pair', '{"idTag":"A\\ud83d"}', { idTag: 'A\ufffd' }, 'unstorable-text /'],
    ['a number beyond a double', '{"meterStop":-1e400}', { meterStop: -Number.MAX_VALUE }, 'number-out-of-range /'],
    ['one in digits', `{"meterStop":${'9'.repeat(60_000)}}`, { meterStop: Number.MAX_VALUE }, 'number-out-of-range /'],
  ])('%s is repaired and counted', (_what, payload, read, repaired) => {
    expect(about(payload)).toEqual({ type: 'call', id: 'm', action: 'StopTransaction', payload: read, repaired: [repaired] });
  });

  it('is refused for a prototype key or too deep nesting', () => {
    expect(about('{"__proto__":{"a":"\\u0000"}}')).toMatchObject({ type: 'broken', fault: 'prototype-key' });
    expect(about(`{"a":${'['.repeat(40)}1${']'.repeat(40)}}`)).toMatchObject({ type: 'broken', fault: 'too-deep' });
  });
});

describe('a message that informs, with a text that no database can store', () => {
  it.each(['BootNotification', 'StatusNotification', 'NotifyEvent', 'SecurityEventNotification', 'NotifyReport'])(
    '%s with text that is padded with NUL, as firmware in C writes it',
    (action) => {
      expect(parseFrame(`[2,"m","${action}",{"a":"SN-1\\u0000\\u0000"}]`)).toEqual({
        ...{ type: 'call', id: 'm', action, payload: { a: 'SN-1' } },
        repaired: ['unstorable-text /'],
      });
    },
  );

  it('is put right also in an answer to our call', () => {
    expect(parseFrame('[3,"m",{"value":"60\\u0000","half":"\\ud83d","n":1e400}]')).toEqual({
      ...{ type: 'result', id: 'm' },
      payload: { value: '60', half: '\ufffd', n: Number.MAX_VALUE },
    });
  });

  it('is refused in a request, which must not be decided by a changed text', () => {
    expect(parseFrame('[2,"m","Authorize",{"idTag":"A\\u0000"}]')).toMatchObject({ type: 'broken', fault: 'unstorable-text' });
  });
});

describe('writing a frame', () => {
  const error = new OcppError('occurrence-constraint-violation', '/idTag is missing');

  const sendable = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.nat()).filter((payload) => faultIn(payload) === undefined);

  it('is the inverse of reading it', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uuid(), fc.nat()), sendable, (id, payload) => {
        expect(parseFrame(encodeCall(id, 'Reset', payload))).toEqual({ type: 'call', id, action: 'Reset', payload });
        expect(parseFrame(encodeResult(id, payload))).toEqual({ type: 'result', id, payload });
        expect(parseFrame(encodeResult(id, JSON.stringify(payload)))).toEqual({ type: 'result', id, payload });
        expect(parseFrame(encodeSend(id, 'NotifyPeriodicEventStream', payload))).toMatchObject({ type: 'send', id, payload });
      }),
    );
  });

  it('echoes a numeric id as a number', () => {
    expect(encodeResult(17, {})).toBe('[3,17,{}]');
    expect(encodeResult('17', {})).toBe('[3,"17",{}]');
  });

  it("spells the error code as the connection's version does", () => {
    expect(encodeError('ocpp1.6', 'a', error)).toBe('[4,"a","OccurenceConstraintViolation","/idTag is missing",{}]');
    expect(encodeError('ocpp2.0.1', 'a', error)).toBe('[4,"a","OccurrenceConstraintViolation","/idTag is missing",{}]');
    expect(encodeResultError('ocpp2.1', 'a', error)).toBe('[5,"a","OccurrenceConstraintViolation","/idTag is missing",{}]');
  });
});

describe('the answer to a broken frame', () => {
  const broken = (text: string): BrokenFrame => {
    const frame = parseFrame(text);
    if (frame.type !== 'broken') throw new Error(`${text} is fine`);
    return frame;
  };
  const noJson = '[2,"a","Heartbeat",{]';
  const longId = `[2,"${'x'.repeat(37)}","Heartbeat",{}]`;
  const silence = undefined;

  it.each([
    ['a payload that is no JSON', 'ocpp1.6', noJson, '[4,"a","FormationViolation","not JSON",{}]'],
    ['a payload that is no JSON', 'ocpp2.0.1', noJson, '[4,"a","FormatViolation","not JSON",{}]'],
    ['NUL', 'ocpp1.6', '[2,"a","Heartbeat",{"x":"\\u0000"}]', '[4,"a","FormationViolation","text with NUL or half a surrogate pair",{}]'],
    ['an extra element', 'ocpp1.6', '[2,"a","Heartbeat",{},1]', '[4,"a","GenericError","wrong number of elements",{}]'],
    ['an extra element', 'ocpp2.1', '[2,"a","Heartbeat",{},1]', '[4,"a","RpcFrameworkError","wrong number of elements",{}]'],
    ['a numeric id', 'ocpp2.1', '[2,7,"Heartbeat",{},1]', '[4,7,"RpcFrameworkError","wrong number of elements",{}]'],
    [
      'an id of 37 characters',
      'ocpp2.0.1',
      longId,
      `[4,"${'x'.repeat(37)}","RpcFrameworkError","message id is longer than 36 characters",{}]`,
    ],
    ['an id that cannot be read', 'ocpp1.6', '[2,{},"Heartbeat",{}]', silence],
    ['an id that cannot be read', 'ocpp2.0.1', '[2,{},"Heartbeat",{}]', '[4,"-1","RpcFrameworkError","",{}]'],
    ['text that is no frame', 'ocpp1.6', 'hello', silence],
    ['text that is no frame', 'ocpp2.1', 'hello', '[4,"-1","RpcFrameworkError","",{}]'],
    ['an unknown message type', 'ocpp1.6', '[7,"a",{}]', silence],
    ['an unknown message type', 'ocpp2.0.1', '[7,"a",{}]', '[4,"a","MessageTypeNotSupported","unknown message type",{}]'],
    ['an unknown message type', 'ocpp2.1', '[7,"a",{}]', silence],
    ['a result', 'ocpp2.0.1', '[3,"a",{]', silence],
    ['a result', 'ocpp2.1', '[3,"a",{]', '[5,"a","FormatViolation","not JSON",{}]'],
    ['an error', 'ocpp2.1', '[4,"a",{]', silence],
    ['a SEND', 'ocpp2.1', '[6,"a","NotifyPeriodicEventStream",{]', silence],
  ] as const)('%s on %s', (_what, protocol, text, expected) => {
    expect(answerBroken(protocol, broken(text))).toBe(expected);
  });

  it('leaves SEND and CALLRESULTERROR to 2.1', () => {
    expect((['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'] as const).map((protocol) => knowsFrameType(protocol, 'send'))).toEqual([
      false,
      false,
      true,
    ]);
    expect(knowsFrameType('ocpp1.6', 'error')).toBe(true);
  });
});
