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
