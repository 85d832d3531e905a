import { callFor, withoutMilliseconds } from './sent-quirks';

describe('quirk times-without-milliseconds', () => {
  it.each([
    ['[3,"1",{"currentTime":"2026-01-01T00:00:00.123Z"}]', '[3,"1",{"currentTime":"2026-01-01T00:00:00Z"}]'],
    [
      '[2,"1","A",{"a":["2026-01-01T00:00:00.1Z","2026-01-01T00:00:00.999999999+02:00"]}]',
      '[2,"1","A",{"a":["2026-01-01T00:00:00Z","2026-01-01T00:00:00+02:00"]}]',
    ],
    ['[3,"1",{"currentTime":"2026-01-01T00:00:00Z"}]', '[3,"1",{"currentTime":"2026-01-01T00:00:00Z"}]'],
    [
      '[2,"1","DataTransfer",{"data":"{\\"at\\":\\"2026-01-01T00:00:00.123Z\\"}"}]',
      '[2,"1","DataTransfer",{"data":"{\\"at\\":\\"2026-01-01T00:00:00.123Z\\"}"}]',
    ],
    ['[2,"1","A",{"a":"at 2026-01-01T00:00:00.123Z"}]', '[2,"1","A",{"a":"at 2026-01-01T00:00:00.123Z"}]'],
  ])('writes %s as %s', (written, sent) => {
    expect(withoutMilliseconds(written)).toBe(sent);
  });

  it('takes linear time for a long frame', () => {
    const long = `["${'2026-01-01T00:00:00.'.repeat(50_000)}"]`;
    expect(withoutMilliseconds(long)).toBe(long);
  });
});

const profile = { chargingProfileId: 1 };
const of16 = (payload: object) => ({ protocol: 'ocpp1.6' as const, action: 'RemoteStartTransaction', payload });
const of2 = (payload: object) => ({ protocol: 'ocpp2.1' as const, action: 'RequestStartTransaction', payload });

describe('quirk start-without-profile', () => {
  it.each([of16({ idTag: 'T', chargingProfile: profile }), of2({ remoteStartId: 1, chargingProfile: profile })])(
    'leaves the profile out where it is on: %j',
    (call) => {
      const { chargingProfile: _left, ...others } = call.payload as { chargingProfile: object };
      expect(callFor(call, { 'start-without-profile': true })).toEqual({ payload: others, applied: ['start-without-profile'] });
      expect(callFor(call, {})).toEqual({ payload: call.payload, applied: [] });
    },
  );
});

describe('quirk start-needs-connector', () => {
  const on = { 'start-needs-connector': 2 };
  it.each([
    [of16({ idTag: 'T' }), { idTag: 'T', connectorId: 2 }],
    [of2({ remoteStartId: 1 }), { remoteStartId: 1, evseId: 2 }],
  ])('adds it where a remote start names none', (call, sent) => {
    expect(callFor(call, on)).toEqual({ payload: sent, applied: ['start-needs-connector'] });
    expect(callFor(call, {})).toEqual({ payload: call.payload, applied: [] });
  });

  it.each([of16({ idTag: 'T', connectorId: 1 }), of2({ evseId: 1 }), { ...of16({ type: 'Soft' }), action: 'Reset' }])(
    'leaves %j alone',
    (call) => expect(callFor(call, on)).toEqual({ payload: call.payload, applied: [] }),
  );
});
