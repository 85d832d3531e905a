import fc from 'fast-check';
import { actionsOf } from './actions';
import { checkRequest, checkResponse, type Checked } from './check';
import { payloadsOf } from './testing/payloads';
import { loadProtocol } from './loaded';
import type { Protocol } from './protocols';

const PROTOCOLS: Protocol[] = ['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'];

/** Everything stations send, in every version. */
const MESSAGES = PROTOCOLS.flatMap((protocol) =>
  Object.keys(loadProtocol(protocol).inbound).map((message) => [protocol, message] as const),
);

function check(protocol: Protocol, message: string, payload: unknown, mode: 'strict' | 'inbound'): Checked {
  const action = message.replace(/(?:Request|Response)$/, '');
  return message.endsWith('Request') ? checkRequest(protocol, action, payload, mode) : checkResponse(protocol, action, payload, mode);
}

const validPayload = fc.constantFrom(...MESSAGES).chain(([protocol, message]) => {
  const { messages, definitions } = loadProtocol(protocol).shapes;
  return payloadsOf(messages[message] ?? {}, definitions).map((payload) => ({ protocol, message, payload }));
});

describe('checking the messages of stations', () => {
  it.each(MESSAGES)('%s %s: accepts a valid payload unchanged', (protocol, message) => {
    const { messages, definitions } = loadProtocol(protocol).shapes;
    fc.assert(
      fc.property(payloadsOf(messages[message] ?? {}, definitions), (payload) => {
        const checked = check(protocol, message, payload, 'inbound');
        expect(checked).toEqual({ ok: true, payload, leniency: [] });
        expect(checked.ok && checked.payload).toBe(payload);
        expect(check(protocol, message, payload, 'strict').ok).toBe(true);
      }),
      { numRuns: 15 },
    );
  });

  it('repairs any mix of unknown properties, numbers in texts and nulls for absent members to the original payload', () => {
    fc.assert(
      fc.property(validPayload, fc.infiniteStream(fc.nat(5)), ({ protocol, message, payload }, dice) => {
        const distorted = distort(payload, optionalMembers(protocol, message), dice);
        const checked = check(protocol, message, distorted.value, 'inbound');
        expect(checked).toMatchObject({ ok: true, payload });
        expect(checked.ok && checked.leniency.length > 0).toBe(distorted.changed);
        expect(check(protocol, message, distorted.value, 'strict').ok).toBe(!distorted.changed);
      }),
      { numRuns: 400 },
    );
  });

  it('never throws, counts every deviation, does not change its input, and accepts its own repairs', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...MESSAGES),
        fc.oneof(
          fc.jsonValue(),
          validPayload.map(({ payload }) => payload),
        ),
        ([protocol, message], payload) => {
          const before = JSON.stringify(payload);
          const checked = check(protocol, message, payload, 'inbound');
          expect(JSON.stringify(payload)).toBe(before);
          if (checked.ok)
            expect(check(protocol, message, checked.payload, 'inbound')).toMatchObject({ ok: true, payload: checked.payload });
          else expect(checked.error.description.length).toBeLessThanOrEqual(255);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('repeats neither values of a payload nor names that are not in the schema', () => {
    const secret = 'PIN 4711 -----BEGIN CERTIFICATE-----';
    for (const [protocol, message] of MESSAGES) {
      for (const payload of [{ [secret]: secret }, { status: secret }, { idTag: { [secret]: 1 } }, secret, [secret]]) {
        expect(JSON.stringify(check(protocol, message, payload, 'inbound'))).not.toMatch(/"(?:error|leniency)".*4711/);
      }
    }
  });
});

function optionalMembers(protocol: Protocol, message: string): string[] {
  const { properties = {}, required = [], mayLack = [] } = loadProtocol(protocol).shapes.messages[message] ?? {};
  // DataTransfer's data may be anything, null included.
  return Object.keys(properties).filter((name) => ![...required, ...mayLack, 'data'].includes(name));
}

/** Adds tolerated deviations from the schema at random places. */
function distort(payload: unknown, optional: string[], dice: fc.Stream<number>): { value: unknown; changed: boolean } {
  let changed = false;
  const roll = (): boolean => {
    const hit = dice.next().value === 0;
    changed ||= hit;
    return hit;
  };
  const walk = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(walk);
    if (typeof part === 'number') return roll() ? ` ${part}` : part;
    if (typeof part !== 'object' || part === null) return part;
    if (part !== payload && 'vendorId' in part) return part; // vendor extensions may hold anything
    const members: Record<string, unknown> = Object.fromEntries(Object.entries(part).map(([name, member]) => [name, walk(member)]));
    if (roll()) members.vendorSpecific = { a: [1] };
    return members;
  };
  const value = walk(payload) as Record<string, unknown>; // payloads are objects
  for (const name of optional) if (value[name] === undefined && roll()) value[name] = null;
  return { value, changed };
}

const transaction = { connectorId: 1, idTag: 'A', meterStart: 5, timestamp: '2026-05-01T10:00:00Z' };
const stop = { transactionId: 1, meterStop: 10, timestamp: '2026-05-01T11:00:00Z' };
const meter = (sample: object): object => ({ connectorId: 1, meterValue: [{ timestamp: '2026-05-01T10:00:00Z', sampledValue: [sample] }] });
const report = { generatedAt: '2026-05-01T10:00:00Z', seqNo: 0, eventData: [] };
const boot = { chargePointVendor: 'V', chargePointModel: 'M' };
const status = { connectorId: 1, errorCode: 'NoError', status: 'Available' };
const event = {
  eventType: 'Updated',
  timestamp: '2026-05-01T10:00:00Z',
  triggerReason: 'MeterValuePeriodic',
  seqNo: 1,
  transactionInfo: { transactionId: 't' },
};

describe('leniency, each kind counted', () => {
  it.each([
    ['an empty payload that is null', 'ocpp1.6', 'Heartbeat', null, {}, 'empty-payload /'],
    ['an empty payload that is missing', 'ocpp1.6', 'Heartbeat', undefined, {}, 'empty-payload /'],
    ['an empty payload that is an array', 'ocpp2.1', 'Heartbeat', [], {}, 'empty-payload /'],
    ['an unknown property', 'ocpp1.6', 'BootNotification', { ...boot, color: 'red' }, boot, 'unknown-property /color'],
    ['an unknown property of a telling name', 'ocpp1.6', 'BootNotification', { ...boot, 'a b': 1 }, boot, 'unknown-property /?'],
    ['an optional member that is null', 'ocpp1.6', 'BootNotification', { ...boot, iccid: null }, boot, 'null-member /iccid'],
    ['a number in a text', 'ocpp1.6', 'StartTransaction', { ...transaction, meterStart: ' 5 ' }, transaction, 'text-as-number /meterStart'],
    [
      'a text that is a number',
      'ocpp1.6',
      'StartTransaction',
      { ...transaction, idTag: 12 },
      { ...transaction, idTag: '12' },
      'number-as-text /idTag',
    ],
    [
      'a fraction of a watt-hour',
      'ocpp1.6',
      'StopTransaction',
      { ...stop, meterStop: 9.5 },
      { ...stop, meterStop: 9.5 },
      'fine-number /meterStop',
    ],
    ['a fraction of a second', 'ocpp2.0.1', 'TransactionEvent', { ...event, seqNo: 0.5 }, event, 'fraction-rounded /seqNo'],
    [
      'a number beyond 32 bits',
      'ocpp2.0.1',
      'TransactionEvent',
      { ...event, transactionInfo: { transactionId: 't', remoteStartId: 2 ** 31 } },
      { ...event, transactionInfo: { transactionId: 't', remoteStartId: 2 ** 31 - 1 } },
      'number-out-of-range /transactionInfo/remoteStartId',
    ],
    [
      'a number beyond any',
      'ocpp1.6',
      'StatusNotification',
      { ...status, connectorId: -1e308 },
      { ...status, connectorId: 1 - 2 ** 31 },
      'number-out-of-range /connectorId',
    ],
    [
      'a register beyond what can be counted',
      'ocpp1.6',
      'StopTransaction',
      { ...stop, meterStop: 1e20 },
      { ...stop, meterStop: Number.MAX_SAFE_INTEGER },
      'number-out-of-range /meterStop',
    ],
    ['a blank number', 'ocpp2.0.1', 'TransactionEvent', { ...event, cableMaxCurrent: ' ' }, event, 'blank-number /cableMaxCurrent'],
    [
      'an id beyond 32 bits',
      'ocpp1.6',
      'StopTransaction',
      { ...stop, transactionId: 5e9 },
      { ...stop, transactionId: 5e9 },
      'large-integer /transactionId',
    ],
    [
      'booleans as texts',
      'ocpp2.0.1',
      'TransactionEvent',
      { ...event, offline: 'TRUE' },
      { ...event, offline: true },
      'boolean-form /offline',
    ],
    ['a time without zone', 'ocpp1.6', 'StopTransaction', { ...stop, timestamp: '2026-05-01T11:00:00' }, stop, 'zone-missing /timestamp'],
    [
      'a time with a blank, a comma and a short offset',
      'ocpp1.6',
      'StopTransaction',
      { ...stop, timestamp: '2026-05-01 11:00:00,5 +02' },
      { ...stop, timestamp: '2026-05-01T11:00:00.5+02:00' },
      'time-form /timestamp',
    ],
    ['a word in the wrong case', 'ocpp1.6', 'StatusNotification', { ...status, status: 'available' }, status, 'word-form /status'],
    [
      'an informational word we do not know',
      'ocpp1.6',
      'StatusNotification',
      { ...status, errorCode: 'CatOnCable' },
      { ...status, errorCode: 'CatOnCable' },
      'unknown-word /errorCode',
    ],
    [
      'a unit we do not know',
      'ocpp1.6',
      'MeterValues',
      meter({ value: '50', unit: 'Hertz' }),
      meter({ value: '50', unit: 'Hertz' }),
      'unknown-word /meterValue/*/sampledValue/*/unit',
    ],
    [
      'a reason we do not know',
      'ocpp2.1',
      'TransactionEvent',
      { ...event, triggerReason: 'New' },
      { ...event, triggerReason: 'New' },
      'unknown-word /triggerReason',
    ],
    [
      'a serial number of 34 characters',
      'ocpp1.6',
      'BootNotification',
      { ...boot, chargePointSerialNumber: 'x'.repeat(34) },
      { ...boot, chargePointSerialNumber: 'x'.repeat(34) },
      'long-text /chargePointSerialNumber',
    ],
    [
      'one meter value that is no list',
      'ocpp1.6',
      'MeterValues',
      { connectorId: 1, meterValue: { timestamp: '2026-05-01T10:00:00Z', sampledValue: [{ value: '1' }] } },
      meter({ value: '1' }),
      'single-as-array /meterValue',
    ],
    [
      'a meter value without samples',
      'ocpp1.6',
      'MeterValues',
      { connectorId: 1, meterValue: [{ timestamp: '2026-05-01T10:00:00Z' }] },
      { connectorId: 1, meterValue: [{ timestamp: '2026-05-01T10:00:00Z', sampledValue: [] }] },
      'missing-array /meterValue/*/sampledValue',
    ],
    ['a report of nothing', 'ocpp2.0.1', 'NotifyEvent', report, report, 'list-length /eventData'],
    [
      'JSON in DataTransfer',
      'ocpp1.6',
      'DataTransfer',
      { vendorId: 'v', data: { a: [1] } },
      { vendorId: 'v', data: '{"a":[1]}' },
      'json-as-text /data',
    ],
  ] as const)('%s', (_what, protocol, action, payload, meant, counted) => {
    expect(checkRequest(protocol, action, payload, 'inbound')).toEqual({ ok: true, payload: meant, leniency: [counted] });
    expect(checkRequest(protocol, action, payload, 'strict').ok).toBe(false);
  });

  it('accepts a composite schedule with finer limits than tenths', () => {
    const schedule = { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 13.043 }] };
    const response = { status: 'Accepted', chargingSchedule: schedule };
    expect(checkResponse('ocpp1.6', 'GetCompositeSchedule', response, 'inbound')).toEqual({
      ok: true,
      payload: response,
      leniency: ['fine-number /chargingSchedule/chargingSchedulePeriod/*/limit'],
    });
  });

  it('counts each kind and path once, up to a bound', () => {
    const samples = Array.from({ length: 50 }, () => ({ value: 1 }));
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`p${index}`, 1]));
    const repeated = checkRequest(
      'ocpp1.6',
      'MeterValues',
      { connectorId: 1, meterValue: [{ timestamp: '2026-05-01T10:00:00Z', sampledValue: samples }] },
      'inbound',
    );
    expect(repeated).toMatchObject({ ok: true, leniency: ['number-as-text /meterValue/*/sampledValue/*/value'] });
    const strange = checkRequest('ocpp1.6', 'BootNotification', { ...boot, ...many }, 'inbound');
    expect(strange.ok && strange.leniency.length).toBe(20);
    expect(strange.ok && strange.payload).toEqual(boot);
  });

  it('does not read properties of the prototype', () => {
    const hostile: unknown = JSON.parse('{"chargePointVendor":"V","chargePointModel":"M","__proto__":{"iccid":"x"},"toString":1}');
    const checked = checkRequest('ocpp1.6', 'BootNotification', hostile, 'inbound');
    expect(checked).toMatchObject({ ok: true, payload: boot });
    expect(checked.ok && Object.getPrototypeOf(checked.payload)).toBe(Object.prototype);
    const open: unknown = JSON.parse('{"customData":{"vendorId":"v","__proto__":{"a":1}},"extra":1}');
    expect(checkRequest('ocpp2.1', 'Heartbeat', open, 'inbound')).toMatchObject({ ok: true, payload: { customData: { vendorId: 'v' } } });
    const repaired = checkRequest('ocpp2.1', 'Heartbeat', open, 'inbound');
    expect(repaired.ok && 'a' in (repaired.payload as { customData: object }).customData).toBe(false);
  });
});

describe('a message about a transaction is not refused for a member that may be missing', () => {
  it.each([
    [
      'an unreadable sample',
      'MeterValues',
      { connectorId: 1, meterValue: [{ timestamp: '2026-05-01T10:00:00Z', sampledValue: [{ value: '1' }, { unit: 'A' }, 7] }] },
      meter({ value: '1' }),
      ['unreadable-dropped /meterValue/*/sampledValue/*'],
    ],
    [
      'an unreadable reading',
      'StopTransaction',
      { ...stop, transactionData: [{ sampledValue: 'x', timestamp: '2026-05-01T10:00:00Z' }] },
      { ...stop, transactionData: [{ sampledValue: [], timestamp: '2026-05-01T10:00:00Z' }] },
      ['unreadable-dropped /transactionData/*/sampledValue'],
    ],
    ['a member of the wrong type', 'StopTransaction', { ...stop, idTag: {} }, stop, ['unreadable-dropped /idTag']],
    [
      'a time that cannot be read',
      'StopTransaction',
      { ...stop, timestamp: '+222222017-13-45' },
      { ...stop, timestamp: '1970-01-01T00:00:00Z' },
      ['unreadable-time /timestamp'],
    ],
  ])('%s is removed and counted', (_what, action, payload, kept, counted) => {
    expect(checkRequest('ocpp1.6', action, payload, 'inbound')).toEqual({ ok: true, payload: kept, leniency: counted });
  });

  it('removes only the innermost unreadable value', () => {
    const payload = {
      ...event,
      transactionInfo: { transactionId: 't', timeSpentCharging: 'long', remoteStartId: 3 },
      evse: { id: 1, connectorId: 'left' },
    };
    expect(checkRequest('ocpp2.0.1', 'TransactionEvent', payload, 'inbound')).toEqual({
      ok: true,
      payload: { ...event, transactionInfo: { transactionId: 't', remoteStartId: 3 }, evse: { id: 1 } },
      leniency: ['unreadable-dropped /transactionInfo/timeSpentCharging', 'unreadable-dropped /evse/connectorId'],
    });
  });

  it('removes the parent of unreadable values when there are too many to remove one by one', () => {
    const sampledValue = Array.from({ length: 1000 }, () => 7);
    const readable = { timestamp: '2026-05-01T10:00:00Z', sampledValue: [{ value: '1' }] };
    const payload = { connectorId: 1, meterValue: [{ timestamp: '2026-05-01T10:00:00Z', sampledValue }, readable] };
    expect(checkRequest('ocpp1.6', 'MeterValues', payload, 'inbound')).toMatchObject({
      ok: true,
      payload: { connectorId: 1, meterValue: [{ sampledValue: [] }, readable] },
    });
    const stopped = { ...stop, transactionData: Array.from({ length: 1000 }, () => 7) };
    expect(checkRequest('ocpp1.6', 'StopTransaction', stopped, 'inbound')).toMatchObject({ ok: true, payload: stop });
  });
});

describe('ADR 32: members that may be missing', () => {
  /** The members that the schemas demand of each message about a transaction, and of a boot and a status. */
  const WHOLE: [Protocol, string, Record<string, unknown>][] = [
    ['ocpp1.6', 'StartTransaction', transaction],
    ['ocpp1.6', 'StopTransaction', stop],
    ['ocpp1.6', 'MeterValues', { connectorId: 1, meterValue: [] }],
    ['ocpp1.6', 'BootNotification', boot],
    ['ocpp1.6', 'StatusNotification', status],
    ...(['ocpp2.0.1', 'ocpp2.1'] as const).flatMap((protocol): [Protocol, string, Record<string, unknown>][] => [
      [protocol, 'TransactionEvent', event],
      [protocol, 'MeterValues', { evseId: 1, meterValue: [] }],
      [protocol, 'BootNotification', { reason: 'PowerUp', chargingStation: { vendorName: 'V', model: 'M' } }],
      [protocol, 'StatusNotification', { evseId: 1, connectorId: 1, connectorStatus: 'Available', timestamp: '2026-05-01T10:00:00Z' }],
    ]),
  ];
  const ALONE = WHOLE.flatMap(([protocol, action, payload]) =>
    Object.keys(payload).map((name) => [protocol, action, name, payload] as const),
  );

  it.each(ALONE)('%s %s is kept without %s, with null for it and with something else in its place', (protocol, action, name, payload) => {
    const { [name]: _gone, ...rest } = payload;
    const noted =
      name === 'meterValue' ? /^(?:missing-array|unreadable-dropped) / : new RegExp(`^(?:missing-member|unreadable-time) /${name}(?:/|$)`);
    for (const lacking of [rest, { ...rest, [name]: null }, { ...rest, [name]: { odd: true } }, { ...rest, [name]: '' }]) {
      const checked = checkRequest(protocol, action, lacking, 'inbound');
      // texts may be blank, as far as schemas go: services refuse such a text as a token
      const blank = lacking[name] === '' && checked.ok && (checked.payload as Record<string, unknown>)[name] === '';
      expect([lacking, checked.ok && (blank || checked.leniency.some((note) => noted.test(note)))]).toEqual([lacking, true]);
    }
  });

  it.each(WHOLE)('%s %s is refused when nothing is left of it', (protocol, action, payload) => {
    if ('meterValue' in payload) return;
    expect(checkRequest(protocol, action, {}, 'inbound')).toMatchObject({ ok: false, error: { code: 'occurrence-constraint-violation' } });
  });

  it('keeps what is left of the transaction info', () => {
    const checked = checkRequest('ocpp2.0.1', 'TransactionEvent', { ...event, transactionInfo: { stoppedReason: 'Local' } }, 'inbound');
    expect(checked).toMatchObject({ ok: true, leniency: ['missing-member /transactionInfo/transactionId'] });
  });

  it('keeps a token without a type', () => {
    const checked = checkRequest('ocpp2.0.1', 'TransactionEvent', { ...event, idToken: { idToken: 'A' } }, 'inbound');
    expect(checked).toMatchObject({ ok: true, payload: { idToken: { idToken: 'A' } }, leniency: ['missing-member /idToken/type'] });
  });

  it('notes the deviations by which a session is flagged, however many others there are', () => {
    const noise = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`p${index}`, 1]));
    const { timestamp: _gone, ...rest } = stop;
    const checked = checkRequest('ocpp1.6', 'StopTransaction', { ...noise, ...rest, meterStop: 1e300 }, 'inbound');
    expect(checked.ok && checked.leniency).toEqual(expect.arrayContaining(['missing-member /timestamp', 'number-out-of-range /meterStop']));
  });
});

describe('an optional member that cannot be read is removed', () => {
  it.each([
    '',
    '   ',
    1714557600,
    '1714557600',
    '0000-00-00T00:00:00Z',
    '0000-01-01T00:00:00Z',
    '01.05.2026 10:00',
    {},
    `${'2'.repeat(60_000)}`,
  ])('from a status whose time is %j', (timestamp) => {
    const checked = checkRequest('ocpp1.6', 'StatusNotification', { ...status, timestamp }, 'inbound');
    expect(checked).toMatchObject({ ok: true, payload: status, leniency: expect.arrayContaining(['unreadable-dropped /timestamp']) });
  });

  it('from every message, answers to our calls included', () => {
    expect(checkRequest('ocpp1.6', 'BootNotification', { ...boot, iccid: {} }, 'inbound')).toMatchObject({ ok: true, payload: boot });
    const result = { component: { name: 'A' }, variable: { name: 'B' }, attributeStatus: 'Accepted' };
    const response = { getVariableResult: [{ ...result, attributeValue: {} }, { odd: 1 }] };
    expect(checkResponse('ocpp2.1', 'GetVariables', response, 'inbound')).toMatchObject({
      ok: true,
      payload: { getVariableResult: [result] },
    });
  });

  it('but not from a request whose decision depends on it', () => {
    const idToken = { idToken: 'DE8AA1A2B3C4D5', type: 'eMAID' };
    expect(checkRequest('ocpp2.0.1', 'Authorize', { idToken, certificate: {} }, 'inbound')).toMatchObject({ ok: false });
  });
});

describe('the error for an invalid payload', () => {
  it.each([
    ['a required member is missing', 'ocpp1.6', 'Authorize', {}, 'occurrence-constraint-violation', '/idTag is missing'],
    ['the type is wrong', 'ocpp1.6', 'Authorize', { idTag: {} }, 'type-constraint-violation', '/idTag is not of type string'],
    ['the payload is no object', 'ocpp1.6', 'Authorize', 'text', 'type-constraint-violation', '/ is not of type object'],
    ['a required member is null', 'ocpp1.6', 'Authorize', { idTag: null }, 'type-constraint-violation', '/idTag is not of type string'],
    [
      'a deciding word is not known',
      'ocpp2.1',
      'ReservationStatusUpdate',
      { reservationId: 1, reservationUpdateStatus: 'Sleeping' },
      'property-constraint-violation',
      '/reservationUpdateStatus is not one of the allowed values',
    ],
    [
      'a text is longer than any index takes',
      'ocpp1.6',
      'Authorize',
      { idTag: 'x'.repeat(256) },
      'property-constraint-violation',
      '/idTag violates maxLength 255',
    ],
  ] as const)('%s', (_what, protocol, action, payload, code, description) => {
    expect(checkRequest(protocol, action, payload, 'inbound')).toMatchObject({ ok: false, error: { code, description } });
  });

  it('is NotImplemented for an unknown action, and NotSupported for an action in the wrong direction', () => {
    expect(checkRequest('ocpp1.6', 'TransactionEvent', {}, 'inbound')).toMatchObject({ ok: false, error: { code: 'not-implemented' } });
    expect(checkRequest('ocpp1.6', 'Reset', { type: 'Hard' }, 'inbound')).toMatchObject({ ok: false, error: { code: 'not-supported' } });
    expect(checkResponse('ocpp2.1', 'NotifyPeriodicEventStream', {}, 'strict')).toMatchObject({
      ok: false,
      error: { code: 'not-supported' },
    });
  });
});

describe('checking our own messages', () => {
  it('allows no deviation, and lists every wrong path for the operator', () => {
    const payload = { connectorId: '1', type: 'Sometimes', extra: 1 };
    expect(checkRequest('ocpp1.6', 'ChangeAvailability', payload, 'strict')).toMatchObject({
      ok: false,
      paths: [
        { path: '', message: 'has a property that is not known here' },
        { path: '/connectorId', message: 'is not of type integer' },
        { path: '/type', message: 'is not one of "Inoperative", "Operative"' },
      ],
    });
  });

  it('refuses integers of more than 32 bits', () => {
    expect(checkRequest('ocpp1.6', 'RemoteStopTransaction', { transactionId: 2_147_483_647 }, 'strict').ok).toBe(true);
    expect(checkRequest('ocpp1.6', 'RemoteStopTransaction', { transactionId: 2_147_483_648 }, 'strict').ok).toBe(false);
  });

  it('accepts tenths of an ampere, whatever their binary form', () => {
    const schedule = (limit: number): object => ({
      connectorId: 1,
      csChargingProfiles: {
        chargingProfileId: 1,
        stackLevel: 0,
        chargingProfilePurpose: 'TxProfile',
        chargingProfileKind: 'Relative',
        chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit }] },
      },
    });
    expect(checkRequest('ocpp1.6', 'SetChargingProfile', schedule(0.3), 'strict').ok).toBe(true);
    expect(checkRequest('ocpp1.6', 'SetChargingProfile', schedule(0.35), 'strict').ok).toBe(false);
  });

  it('has a validator for every action of every version', () => {
    for (const protocol of PROTOCOLS) {
      for (const { action } of actionsOf(protocol)) {
        const checked = checkRequest(protocol, action, { nobody: 'has this' }, 'strict');
        expect([action, !checked.ok && checked.paths.length > 0]).toEqual([action, true]);
      }
    }
  });
});

it.each(['ocpp2.0.1', 'ocpp2.1'] as const)(
  'J01: signed meter values of %s are kept whole, however long a frame lets them be',
  (protocol) => {
    const signedMeterValue = {
      signedMeterData: 'A'.repeat(900_000),
      signingMethod: 'ECDSA',
      encodingMethod: 'OCMF',
      publicKey: 'k'.repeat(20_000),
    };
    const meterValue = [{ timestamp: '2026-05-01T10:00:00Z', sampledValue: [{ value: 1, signedMeterValue }] }];
    const checked = checkRequest(protocol, 'MeterValues', { evseId: 1, meterValue }, 'inbound');
    expect(checked).toMatchObject({ ok: true, payload: { meterValue } });
    expect(checked.ok && checked.leniency.every((note) => note.startsWith('long-text'))).toBe(true);
  },
);
