import { ForeignCsms, LONG_MS, until } from '../testing/foreign-csms';
import type { VirtualStation } from '../virtual-station';
import { NAMED_PERSONALITIES } from './quirk-personalities';

let csms: ForeignCsms;
beforeEach(async () => (csms = await ForeignCsms.start()));
afterEach(() => csms.stop());

async function chargeOnce(station: VirtualStation, idToken = 'TAG') {
  await station.whenReady();
  const session = await station.charge({ idToken, seconds: 0.1, readEverySeconds: 0.1 });
  await station.stop(LONG_MS);
  return session;
}

describe('a station that authorizes contracts by DataTransfer (quirk 79)', () => {
  const accepted = (status: string) => ({ status: 'Accepted', data: JSON.stringify({ idTokenInfo: { status } }) });

  it.each([
    ['charges when the contract is accepted', accepted('Accepted'), ['DataTransfer', 'StartTransaction']],
    ['does not charge when the contract is invalid', accepted('Invalid'), ['DataTransfer']],
    ['does not charge when the CSMS does not support it', { status: 'UnknownVendorId' }, ['DataTransfer']],
    ['does not charge when it cannot read the answer', { status: 'Accepted', data: 'fine' }, ['DataTransfer']],
  ])('%s', async (_title, answer, expected) => {
    csms.contractAnswers.push(answer);
    await chargeOnce(csms.startStation('ocpp1.6', { contract: { certificate: 'PEM' } }), 'DE8AAC12345678X');
    expect(csms.violations).toEqual([]);
    expect(csms.actions('Authorize', 'DataTransfer', 'StartTransaction')).toEqual(expected);
    expect(csms.payloadOf('DataTransfer')).toEqual({
      vendorId: 'org.openchargealliance.iso15118pnc',
      messageId: 'Authorize',
      data: '{"idToken":"DE8AAC12345678X","certificate":"PEM"}',
    });
  });
});

it('a station that repeats its messages sends each transaction message twice, word for word (quirk 3)', async () => {
  await chargeOnce(csms.startStation('ocpp2.0.1', { sendCount: 2 }));
  const events = csms.received.filter(({ action }) => action === 'TransactionEvent').map(({ payload }) => JSON.stringify(payload));
  expect(events.length).toBe(2 * new Set(events).size);
});

it('a station that writes its settings loosely has numbers, blanks and a 0 in them (quirk 49)', async () => {
  await csms.startStation('ocpp1.6', { looseSettings: true }).whenReady();
  const key = ['LocalAuthListEnabled', 'SendLocalListMaxLength'];
  await expect(csms.call('GetConfiguration', { key })).rejects.toThrow();
  expect(csms.violations.join()).toContain('readonly');
});

it('a station that makes no reports answers NotSupported (B08)', async () => {
  await csms.startStation('ocpp2.0.1', { reportless: true }).whenReady();
  const componentVariable = [{ component: { name: 'LocalAuthListCtrlr' }, variable: { name: 'Entries' } }];
  await expect(csms.call('GetReport', { requestId: 1, componentVariable })).resolves.toEqual({ status: 'NotSupported' });
});

it('a station that forgets remote starts accepts one, and no session begins (quirk 58)', async () => {
  const station = csms.startStation('ocpp1.6', { forgetsRemoteStarts: true });
  await station.whenReady();
  await expect(csms.call('RemoteStartTransaction', { idTag: 'TAG', connectorId: 1 })).resolves.toEqual({ status: 'Accepted' });
  expect(station.sessions).toEqual([]);
});

it('a station that ends nameless has the empty token at the end only, valid by the schema (quirk 69)', async () => {
  await chargeOnce(csms.startStation('ocpp2.0.1', { endsNameless: true }));
  const tokens = csms.received.flatMap(({ payload }) => (payload['idToken'] && payload['eventType'] ? [payload['idToken']] : []));
  expect(tokens).toEqual([
    { idToken: 'TAG', type: 'ISO14443' },
    { idToken: '', type: 'NoAuthorization' },
  ]);
  expect(csms.violations).toEqual([]);
});

it('a station with one message id sends its start again when it took a late answer of another message for its own (quirk 19)', async () => {
  csms.startAnswers.push({});
  const session = await chargeOnce(csms.startStation('ocpp1.6', { messageId: '1000001' }));
  expect(csms.actions('StartTransaction')).toHaveLength(2);
  expect(session).toMatchObject({ transactionId: '4711', acknowledged: { start: true, end: true } });
});

it('a station whose clock is set to 1970 writes timestamps of that time (quirk 11)', async () => {
  await chargeOnce(csms.startStation('ocpp1.6', { clockOffsetMs: -56 * 365 * 86_400_000 }));
  expect(csms.payloadOf('StartTransaction')?.['timestamp']).toMatch(/^19(69|7\d)-/);
});

describe('habits that a switched quirk is for', () => {
  const habit = (name: string) => {
    const found = NAMED_PERSONALITIES.find((one) => one.name === name);
    if (found === undefined) throw new Error(`no personality ${name}`);
    return found;
  };

  it.each([
    ['local-clock', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/],
    ['local-clock-as-utc', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/],
  ])('%s writes the time of its zone', async (name, form) => {
    await chargeOnce(csms.startStation('ocpp1.6', habit(name)));
    const written = String(csms.payloadOf('StartTransaction')?.['timestamp']);
    expect(written).toMatch(form);
    const ahead = Date.parse(`${written.replace('Z', '')}Z`) - Date.now();
    expect(Math.round(ahead / 3_600_000)).toBe(
      new Date().toLocaleString('en', { timeZone: 'Europe/Berlin', timeZoneName: 'shortOffset' }).includes('+2') ? 2 : 1,
    );
  });

  it('kilowatt-hours-as-wh counts in kWh and says Wh', async () => {
    const session = await chargeOnce(csms.startStation('ocpp1.6', habit('kilowatt-hours-as-wh')));
    expect(csms.payloadOf('StartTransaction')?.['meterStart']).toBe(Math.round((session?.startWh ?? 0) / 1_000));
  });

  it.each([
    ['no-profile', { idTag: 'TAG', connectorId: 1 }, 'Accepted'],
    ['no-any-connector', { idTag: 'TAG' }, 'Rejected'],
    ['no-any-connector', { idTag: 'TAG', connectorId: 1 }, 'Accepted'],
  ])('%s answers a remote start %j by %s', async (name, start, status) => {
    await csms.startStation('ocpp1.6', habit(name)).whenReady();
    await expect(csms.call('RemoteStartTransaction', start)).resolves.toEqual({ status });
  });

  it('one whose firmware installs boots with it', async () => {
    await csms.startStation('ocpp2.0.1', { ...habit('firmware-installs') }).whenReady();
    const firmware = { location: 'https://files.example/two-2.0.bin', retrieveDateTime: new Date().toISOString() };
    await expect(csms.call('UpdateFirmware', { requestId: 7, firmware })).resolves.toEqual({ status: 'Accepted' });
    const versions = () =>
      csms.received
        .filter(({ action }) => action === 'BootNotification')
        .map(({ payload }) => (payload['chargingStation'] as { firmwareVersion: string }).firmwareVersion);
    await until(() => versions().length > 1);
    expect(versions()).toEqual(['1.0', '2.0']);
    expect(csms.violations).toEqual([]);
  });
});
