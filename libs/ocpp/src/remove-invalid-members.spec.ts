import { checkRequest, checkResponse } from './check';
import type { Protocol } from './protocols';
import { transaction, stop, meter, boot, status, event } from './testing/sample-payloads';

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
