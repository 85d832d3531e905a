import { RPCServer } from 'ocpp-rpc';
import type { Protocol } from '@voltbus/contracts';
import { BY_THE_BOOK, type Personality } from './personality';
import { seededRandom } from './random';
import { VirtualStation } from './virtual-station';
import { dialWebSocket } from './ws-wire';

/** What a station may take to say all it has: longer than it ever needs. */
const PATIENT_MS = 50_000;

interface Heard {
  action: string;
  payload: Record<string, unknown>;
}

/** A CSMS nobody here wrote, strict by the OCA's schemas (2.1 aside, where it looks for its own schemas under the wrong name), that accepts everything and remembers it. */
async function foreignCsms() {
  const server = new RPCServer({
    protocols: ['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'],
    strictMode: ['ocpp1.6', 'ocpp2.0.1'],
    callTimeoutMs: PATIENT_MS,
  } as ConstructorParameters<typeof RPCServer>[0]);
  const heard: Heard[] = [];
  const violations: string[] = [];
  /** What the next starts are answered instead. */
  const startAnswers: Record<string, unknown>[] = [];
  const contractAnswers: Record<string, unknown>[] = [];
  const stations = new Map<string, { call(action: string, payload: object): Promise<Record<string, unknown>> }>();
  server.on('client', (client) => {
    stations.set(client.identity, client);
    client.on('strictValidationFailure', ({ error }: { error: Error }) => violations.push(error.message));
    client.handle(({ method = '', params }: { method?: string; params?: Record<string, unknown> }) => {
      heard.push({ action: method, payload: params ?? {} });
      if (method === 'BootNotification') return { status: 'Accepted', currentTime: new Date().toISOString(), interval: 300 };
      if (method === 'Authorize')
        return client.protocol === 'ocpp1.6' ? { idTagInfo: { status: 'Accepted' } } : { idTokenInfo: { status: 'Accepted' } };
      if (method === 'DataTransfer') return contractAnswers.shift() ?? { status: 'UnknownVendorId' };
      if (method === 'StartTransaction') return startAnswers.shift() ?? { transactionId: 4711, idTagInfo: { status: 'Accepted' } };
      return {};
    });
  });
  const http = await server.listen(0);
  const { port } = http.address() as { port: number };
  return {
    url: `ws://127.0.0.1:${port}`,
    heard,
    violations,
    startAnswers,
    contractAnswers,
    stations,
    close: () => server.close({ force: true, code: 1001, reason: '' }),
  };
}

let csms: Awaited<ReturnType<typeof foreignCsms>>;
let station: VirtualStation;
beforeEach(async () => (csms = await foreignCsms()));
afterEach(async () => {
  await station.stop(0);
  await csms.close();
});

function born(protocol: Protocol, personality: Personality = BY_THE_BOOK): VirtualStation {
  station = new VirtualStation({
    target: { url: csms.url, identity: 'VS-1', protocol },
    random: seededRandom(7),
    dial: dialWebSocket,
    personality,
  });
  station.start();
  return station;
}

const actions = (): string[] => csms.heard.map(({ action }) => action);

describe.each<Protocol>(['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'])('a virtual station of %s at a CSMS nobody here wrote', (protocol) => {
  it('boots, reports, authorizes, charges and ends, all of it valid by the schemas', async () => {
    await born(protocol).whenReady();
    const session = await station.charge({ idToken: 'TAG', seconds: 0.3, readEverySeconds: 0.1 });
    await station.stop(PATIENT_MS);
    expect(csms.violations).toEqual([]);
    expect(actions().slice(0, 3)).toEqual(['BootNotification', 'StatusNotification', 'Authorize']);
    expect(session?.acknowledged).toMatchObject({ start: true, end: true });
    expect(session?.acknowledged.readings).toBeGreaterThan(0);
    const ends = csms.heard.filter(({ action, payload }) => action === 'StopTransaction' || payload['eventType'] === 'Ended');
    expect(ends).toHaveLength(1);
  });

  it('obeys a reset by booting again, and refuses what it does not know', async () => {
    await born(protocol).whenReady();
    const ask = csms.stations.get('VS-1');
    await expect(ask?.call('Reset', { type: protocol === 'ocpp1.6' ? 'Soft' : 'Immediate' })).resolves.toEqual({ status: 'Accepted' });
    await expect(ask?.call('GetLocalListVersion', {})).resolves.toBeDefined();
    while (actions().filter((action) => action === 'BootNotification').length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
  });

  it('can be stopped in the middle of a session: what it has not said it does not say', async () => {
    await born(protocol).whenReady();
    const charging = station.charge({ idToken: 'TAG', seconds: 60, readEverySeconds: 0.1 });
    while (!actions().some((action) => action === 'StartTransaction' || action === 'TransactionEvent'))
      await new Promise((resolve) => setTimeout(resolve, 20));
    await station.stop(0);
    expect((await charging)?.acknowledged.end).toBe(false);
  });

  it('delivers everything in order after it was away, the start before the end', async () => {
    await born(protocol).whenReady();
    const charging = station.charge({ idToken: 'TAG', seconds: 0.4, readEverySeconds: 0.1 });
    station.cut(600);
    const session = await charging;
    await station.stop(PATIENT_MS);
    expect(session?.acknowledged).toMatchObject({ start: true, end: true });
    const told = csms.heard
      .filter(({ action }) => ['StartTransaction', 'StopTransaction', 'TransactionEvent'].includes(action))
      .map(({ action, payload }) => payload['seqNo'] ?? action);
    expect(told).toEqual(
      protocol === 'ocpp1.6' ? ['StartTransaction', 'StopTransaction'] : [...told].sort((one, other) => Number(one) - Number(other)),
    );
  });
});

describe.each<Protocol>(['ocpp2.0.1', 'ocpp2.1'])('a remote start of %s', (protocol) => {
  const started = async (): Promise<Record<string, unknown>> => {
    for (;;) {
      const found = csms.heard.find(({ payload }) => payload['eventType'] === 'Started');
      if (found !== undefined) return found.payload;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };

  it.each([0, 4711, 2 ** 31 - 1])('is named in the start of its transaction: %s (F02.FR.05)', async (remoteStartId) => {
    await born(protocol).whenReady();
    const asked = csms.stations
      .get('VS-1')
      ?.call('RequestStartTransaction', { idToken: { idToken: 'TAG', type: 'ISO14443' }, evseId: 1, remoteStartId });
    await expect(asked).resolves.toEqual({ status: 'Accepted' });
    expect(await started()).toMatchObject({ triggerReason: 'RemoteStart', transactionInfo: { remoteStartId } });
    expect(csms.violations).toEqual([]);
  });

  it('is not named where somebody stands at the station', async () => {
    await born(protocol).whenReady();
    await station.charge({ idToken: 'TAG', seconds: 0.1, readEverySeconds: 0.1 });
    const { triggerReason, transactionInfo } = await started();
    expect([triggerReason, Object.keys(transactionInfo as object)]).toEqual(['Authorized', ['transactionId', 'chargingState']]);
  });
});

describe.each<Protocol>(['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'])('a local list of %s', (protocol) => {
  const is16 = protocol === 'ocpp1.6';
  const version = is16 ? 'listVersion' : 'versionNumber';
  const ask = (action: string, payload: object) => csms.stations.get('VS-1')?.call(action, payload);
  const entry = (name: string) =>
    is16
      ? { idTag: name, idTagInfo: { status: 'Accepted' } }
      : { idToken: { idToken: name, type: 'ISO14443' }, idTokenInfo: { status: 'Accepted' } };
  const send = (updateType: string, to: number, ...names: string[]) =>
    ask('SendLocalList', { updateType, [version]: to, ...(names.length > 0 ? { localAuthorizationList: names.map(entry) } : {}) });
  const enabled = is16
    ? () => ask('GetConfiguration', { key: ['LocalAuthListEnabled', 'LocalAuthListMaxLength', 'Unheard'] })
    : () => ask('GetVariables', { getVariableData: [variable('LocalAuthListCtrlr', 'Enabled'), variable('TxCtrlr', 'SupportedLimits')] });
  const variable = (component: string, name: string) => ({ component: { name: component }, variable: { name } });

  it('takes what it says it takes, and no more', async () => {
    await born(protocol, { name: 'short', says: '', list: { maxEntries: 3, perMessage: 2 } }).whenReady();
    await expect(ask('GetLocalListVersion', {})).resolves.toEqual({ [version]: 0 });
    await expect(send('Full', 5, 'A', 'B', 'C')).resolves.toEqual({ status: 'Failed' });
    await expect(send('Full', 5, 'A', 'B')).resolves.toEqual({ status: 'Accepted' });
    await expect(send('Differential', 5, 'C')).resolves.toEqual({ status: 'VersionMismatch' });
    await expect(send('Differential', 6, 'C', 'D')).resolves.toEqual({ status: 'Failed' });
    await expect(send('Differential', 6, 'a', 'C')).resolves.toEqual({ status: 'Accepted' });
    await expect(ask('GetLocalListVersion', {})).resolves.toEqual({ [version]: 6 });
  });

  it('that is off is none, until it is switched on', async () => {
    await born(protocol, { name: 'off', says: '', list: { enabled: false } }).whenReady();
    await expect(ask('GetLocalListVersion', {})).resolves.toEqual({ [version]: is16 ? -1 : 0 });
    await expect(send('Full', 5, 'A')).resolves.toEqual({ status: is16 ? 'NotSupported' : 'Failed' });
    const on = { ...variable('LocalAuthListCtrlr', 'Enabled'), attributeValue: 'true' };
    await (is16
      ? ask('ChangeConfiguration', { key: 'LocalAuthListEnabled', value: 'true' })
      : ask('SetVariables', { setVariableData: [on] }));
    await expect(send('Full', 5, 'A')).resolves.toEqual({ status: 'Accepted' });
  });

  it('is told of, with what the station does not have', async () => {
    await born(protocol).whenReady();
    await expect(enabled()).resolves.toEqual(
      is16
        ? {
            configurationKey: [
              { key: 'LocalAuthListEnabled', readonly: false, value: 'true' },
              { key: 'LocalAuthListMaxLength', readonly: false, value: '1000' },
            ],
            unknownKey: ['Unheard'],
          }
        : {
            getVariableResult: [
              { ...variable('LocalAuthListCtrlr', 'Enabled'), attributeStatus: 'Accepted', attributeValue: 'true' },
              { ...variable('TxCtrlr', 'SupportedLimits'), attributeStatus: 'UnknownVariable' },
            ],
          },
    );
  });

  if (!is16)
    it('B08: its length is told in a report, after the answer', async () => {
      const wish = (...componentVariable: object[]) => ask('GetReport', { requestId: 4, componentVariable });
      await born(protocol, { name: 'short', says: '', list: { maxEntries: 5 } }).whenReady();
      await expect(wish(variable('Nothing', 'AtAll'))).resolves.toEqual({ status: 'EmptyResultSet' });
      await expect(wish(variable('LocalAuthListCtrlr', 'Entries'))).resolves.toEqual({ status: 'Accepted' });
      while (!actions().includes('NotifyReport')) await new Promise((resolve) => setTimeout(resolve, 20));
      expect(csms.heard.find(({ action }) => action === 'NotifyReport')?.payload).toMatchObject({
        requestId: 4,
        reportData: [{ variableCharacteristics: { maxLimit: 5 } }],
      });
      expect(csms.violations).toEqual([]);
    });
});

it.each<Protocol>(['ocpp2.0.1', 'ocpp2.1'])(
  'N10: a station of %s that is to forget a customer says what it had of him, after the answer',
  async (protocol) => {
    await born(protocol).whenReady();
    const ask = (payload: object) =>
      csms.stations.get('VS-1')?.call('CustomerInformation', { requestId: 3, customerIdentifier: 'ANN', ...payload });
    await expect(ask({ report: false, clear: false })).resolves.toEqual({ status: 'Rejected' });
    await expect(ask({ report: false, clear: true })).resolves.toEqual({ status: 'Accepted' });
    while (!actions().includes('NotifyCustomerInformation')) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(csms.violations).toEqual([]);
  },
);

describe('a personality', () => {
  it.each([
    [
      'charges where the contract is good',
      { status: 'Accepted', data: '{"idTokenInfo":{"status":"Accepted"}}' },
      ['DataTransfer', 'StartTransaction'],
    ],
    ['does not where it is not', { status: 'Accepted', data: '{"idTokenInfo":{"status":"Invalid"}}' }, ['DataTransfer']],
    ['does not where the CSMS has never heard of it', { status: 'UnknownVendorId' }, ['DataTransfer']],
    ['does not where it cannot read the answer', { status: 'Accepted', data: 'fine' }, ['DataTransfer']],
  ])('that asks about contracts in DataTransfer %s (quirk 79)', async (_what, answer, expected) => {
    csms.contractAnswers.push(answer);
    await born('ocpp1.6', { name: 'plug-and-charge', says: '', contract: { certificate: 'PEM' } }).whenReady();
    await station.charge({ idToken: 'DE8AAC12345678X', seconds: 0.1, readEverySeconds: 0.1 });
    await station.stop(5_000);
    expect(csms.violations).toEqual([]);
    expect(actions().filter((action) => ['Authorize', 'DataTransfer', 'StartTransaction'].includes(action))).toEqual(expected);
    expect(csms.heard.find(({ action }) => action === 'DataTransfer')?.payload).toEqual({
      vendorId: 'org.openchargealliance.iso15118pnc',
      messageId: 'Authorize',
      data: '{"idToken":"DE8AAC12345678X","certificate":"PEM"}',
    });
  });

  it('that repeats says each transaction message twice, word for word', async () => {
    await born('ocpp2.0.1', { name: 'repeats', says: '', times: 2 }).whenReady();
    await station.charge({ idToken: 'TAG', seconds: 0.1, readEverySeconds: 0.1 });
    await station.stop(PATIENT_MS);
    const events = csms.heard.filter(({ action }) => action === 'TransactionEvent').map(({ payload }) => JSON.stringify(payload));
    expect(events.length).toBe(2 * new Set(events).size);
  });

  it('that writes its settings loosely has numbers, blanks and a 0 in them (quirk 49)', async () => {
    await born('ocpp1.6', { name: 'loose', says: '', looseSettings: true }).whenReady();
    const key = ['LocalAuthListEnabled', 'SendLocalListMaxLength'];
    await expect(csms.stations.get('VS-1')?.call('GetConfiguration', { key })).rejects.toThrow();
    expect(csms.violations.join()).toContain('readonly');
  });

  it('that makes no reports says so (B08)', async () => {
    await born('ocpp2.0.1', { name: 'reportless', says: '', reportless: true }).whenReady();
    const componentVariable = [{ component: { name: 'LocalAuthListCtrlr' }, variable: { name: 'Entries' } }];
    const report = csms.stations.get('VS-1')?.call('GetReport', { requestId: 1, componentVariable });
    await expect(report).resolves.toEqual({ status: 'NotSupported' });
  });

  it('that forgets remote starts accepts them, and no session begins (quirk 58)', async () => {
    await born('ocpp1.6', { name: 'forgetful', says: '', forgetsRemoteStarts: true }).whenReady();
    const started = csms.stations.get('VS-1')?.call('RemoteStartTransaction', { idTag: 'TAG', connectorId: 1 });
    await expect(started).resolves.toEqual({ status: 'Accepted' });
    expect(station.sessions).toEqual([]);
  });

  it('that is stopped while it connects hangs up as soon as it has', async () => {
    let stopped: Promise<void> | undefined;
    const disconnected = jest.fn();
    station = new VirtualStation({
      target: { url: csms.url, identity: 'VS-1', protocol: 'ocpp2.0.1' },
      random: seededRandom(7),
      dial: async (target, listener) => {
        const wire = await dialWebSocket(target, listener);
        stopped = station.stop(0);
        await new Promise((resolve) => setImmediate(resolve)); // what stops it has had its turn
        return wire;
      },
      observer: { disconnected },
    });
    station.start();
    while (stopped === undefined) await new Promise((resolve) => setTimeout(resolve, 20));
    await stopped;
    expect(disconnected).toHaveBeenCalledWith(1000);
    expect(actions()).toEqual([]);
  });

  it('that finds nothing at its URL says so to whoever watches it, and tries again', async () => {
    const met: string[] = [];
    const unreachable = ({ message }: Error): void => void met.push(message);
    const target = { url: 'ws://127.0.0.1:1/ocpp', identity: 'VS-1', protocol: 'ocpp1.6' } as const;
    station = new VirtualStation({ target, random: seededRandom(7), dial: dialWebSocket, observer: { unreachable } });
    station.start();
    while (met.length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(met[0]).toContain('ECONNREFUSED');
  });

  it('that ends nameless has the empty token at the end only, valid by the schema (quirk 69)', async () => {
    await born('ocpp2.0.1', { name: 'ends-nameless', says: '', endsNameless: true }).whenReady();
    await station.charge({ idToken: 'TAG', seconds: 0.1, readEverySeconds: 0.1 });
    await station.stop(PATIENT_MS);
    const tokens = csms.heard.flatMap(({ payload }) => (payload['idToken'] && payload['eventType'] ? [payload['idToken']] : []));
    expect(tokens).toEqual([
      { idToken: 'TAG', type: 'ISO14443' },
      { idToken: '', type: 'NoAuthorization' },
    ]);
    expect(csms.violations).toEqual([]);
  });

  it('that takes a late answer of another message for that to its start says the start again (quirk 19)', async () => {
    csms.startAnswers.push({});
    await born('ocpp1.6', { name: 'constant-id', says: '', messageId: '1000001' }).whenReady();
    const session = await station.charge({ idToken: 'TAG', seconds: 0.1, readEverySeconds: 0.1 });
    await station.stop(PATIENT_MS);
    expect(actions().filter((action) => action === 'StartTransaction')).toHaveLength(2);
    expect(session).toMatchObject({ transactionId: '4711', acknowledged: { start: true, end: true } });
  });

  it('stuck in 1970 says so', async () => {
    await born('ocpp1.6', { name: 'clock-1970', says: '', clockOffsetMs: -56 * 365 * 86_400_000 }).whenReady();
    await station.charge({ idToken: 'TAG', seconds: 0.1, readEverySeconds: 0.1 });
    await station.stop(PATIENT_MS);
    expect(csms.heard.find(({ action }) => action === 'StartTransaction')?.payload['timestamp']).toMatch(/^19(69|7\d)-/);
  });
});
