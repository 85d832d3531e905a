import { Api, ForeignStation, boot, eventually, startStandalone, type ProtocolName, type Standalone } from '@voltbus/testing';
import { BY_THE_BOOK, PERSONALITIES, VirtualStation, dialWebSocket, seededRandom } from '@voltbus/virtual-station';

const PASSWORD = 'listed horse battery';

let standalone: Standalone;
const stations: ForeignStation[] = [];

beforeAll(async () => {
  standalone = await startStandalone({ env: { VOLTBUS_REPORTS_AT_ONCE: '0' } }); // the calls about the list are told one by one
});
afterEach(async () => {
  for (const station of stations.splice(0)) await station.close();
});
afterAll(() => standalone?.stop());

type Payload = Record<string, unknown>;
type Entry = { idTag?: string; idTagInfo?: unknown; idToken?: { idToken: string }; idTokenInfo?: unknown };
interface View {
  stationSays: Payload;
  state: string;
  reportedVersion: number;
}

/** A station with a memory for a list. */
class Memory {
  version = 0;
  readonly tokens = new Set<string>();

  constructor(readonly word: 'listVersion' | 'versionNumber') {}

  take(payload: Payload): Payload {
    this.version = Number(payload[this.word]);
    if (payload['updateType'] === 'Full') this.tokens.clear();
    // what the gateway has sent was checked by its schema
    for (const { idTag, idToken, idTagInfo, idTokenInfo } of (payload['localAuthorizationList'] ?? []) as Entry[]) {
      const token = idTag ?? idToken?.idToken ?? '';
      if ((idTagInfo ?? idTokenInfo) === undefined) this.tokens.delete(token);
      else this.tokens.add(token);
    }
    return { status: 'Accepted' };
  }
}

async function connect(tenant: string, protocol: ProtocolName, memory: Memory): Promise<ForeignStation> {
  const url = `${standalone.ocppUrl}/${tenant}`;
  const station = await ForeignStation.connect({ url, station: 'CS-1', protocol, password: PASSWORD });
  stations.push(station);
  station.answer('GetConfiguration', () => ({ unknownKey: ['LocalAuthListEnabled'] }));
  station.answer('GetVariables', ({ getVariableData }) => ({
    getVariableResult: (getVariableData as Payload[]).map((asked) => ({ ...asked, attributeStatus: 'UnknownVariable' })), // checked by its schema
  }));
  station.answer('GetReport', () => ({ status: 'NotSupported' }));
  station.answer('GetLocalListVersion', () => ({ [memory.word]: memory.version }));
  station.answer('SendLocalList', (payload) => memory.take(payload));
  await boot(station);
  return station;
}

const inSync = (api: Api, version: number) =>
  eventually(
    () => api.get<View>('/v1/stations/CS-1/local-list'),
    ({ body }) => body.state === 'in-sync' && body.reportedVersion === version,
  );
const sentTo = ({ received }: ForeignStation) => received.map(({ action, payload }) => (payload as Payload)['updateType'] ?? action); // a call's payload is an object

async function story(protocol: ProtocolName): Promise<void> {
  const tenant = `lists-${protocol.replaceAll('.', '-')}`;
  const api = new Api(standalone.apiUrl, standalone.adminKey, tenant);
  await api.put(`/v1/tenants/${tenant}`, { currency: 'EUR', defaultTariff: null });
  await api.put('/v1/stations/CS-1', { password: PASSWORD });
  for (const idToken of ['ONE', 'TWO', 'THREE']) await api.put(`/v1/tokens/${idToken}`, { status: 'Accepted' });
  const memory = new Memory(protocol === 'ocpp1.6' ? 'listVersion' : 'versionNumber');
  const first = await connect(tenant, protocol, memory);
  await api.put('/v1/stations/CS-1/local-list', { mode: 'tokens', entriesPerMessage: 2 });
  await inSync(api, 4);
  expect([...memory.tokens]).toEqual(['ONE', 'TWO', 'THREE']);
  const asked = protocol === 'ocpp1.6' ? ['GetConfiguration'] : ['GetVariables', 'GetReport'];
  expect(sentTo(first)).toEqual([...asked, 'GetLocalListVersion', 'Full', 'Differential']);

  await first.close();
  await api.delete('/v1/tokens/ONE');
  await api.put('/v1/tokens/FOUR', { status: 'Accepted' });
  const second = await connect(tenant, protocol, memory);
  await inSync(api, 6);
  expect([...memory.tokens]).toEqual(['TWO', 'THREE', 'FOUR']);
  expect(sentTo(second)).toEqual([...asked, 'GetLocalListVersion', 'Differential']);

  for (const idToken of ['TWO', 'THREE', 'FOUR']) await api.delete(`/v1/tokens/${idToken}`);
  await api.post('/v1/stations/CS-1/local-list/sync', {});
  await inSync(api, 9);
  expect([...memory.tokens]).toEqual([]);
}

/** All versions at once: most of it is waiting for tokens to be quiet. */
it('D01, D02 (1.6 TC_042, TC_043; 2.x TC_D_01 to TC_D_09): a station has the tokens of its tenant, also after it was away', async () => {
  const stories = await Promise.allSettled((['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'] as const).map(story));
  expect(stories).toEqual(stories.map(() => ({ status: 'fulfilled', value: undefined })));
});

const CASES = [
  { name: 'short-list', tokens: 5, state: 'in-sync', expected: { enabled: true, maxEntries: 5, entriesPerMessage: 2 } },
  { name: 'short-list', tokens: 6, state: 'too-long', expected: { enabled: true, maxEntries: 5 } },
  { name: 'loose-settings', tokens: 1, state: 'in-sync', expected: { enabled: true, entriesPerMessage: 100 } },
  { name: 'list-off', tokens: 1, state: 'disabled', expected: { enabled: false } },
] as const;
const habits = (name: string) => PERSONALITIES.find((personality) => personality.name === name) ?? BY_THE_BOOK;

async function listAt(protocol: ProtocolName, { name, tokens, state }: (typeof CASES)[number], index: number): Promise<Payload> {
  const tenant = `lists-${protocol.replaceAll('.', '-')}-${index}`;
  const api = new Api(standalone.apiUrl, standalone.adminKey, tenant);
  await api.put(`/v1/tenants/${tenant}`, { currency: 'EUR', defaultTariff: null, minSecurityProfile: 0 });
  await api.put('/v1/stations/CS-1', {});
  for (let count = 0; count < tokens; count += 1) await api.put(`/v1/tokens/TOKEN-${count}`, { status: 'Accepted' });
  await api.put('/v1/stations/CS-1/local-list', { mode: 'tokens' });
  const target = { url: `${standalone.ocppUrl}/${tenant}`, identity: 'CS-1', protocol };
  const station = new VirtualStation({ target, random: seededRandom(index), dial: dialWebSocket, personality: habits(name) });
  station.start();
  const view = async () => (await api.get<View>('/v1/stations/CS-1/local-list')).body;
  const { stationSays } = await eventually(view, (list) => list.state === state && list.stationSays['enabled'] !== null);
  await station.stop(0);
  return stationSays;
}

/** All at once, as above. */
it('D01.FR.11 to 13: a virtual station has its list where it supports one, and the list shows the reason where not', async () => {
  const protocols = ['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'] as const;
  const wanted = protocols.map(() => CASES.map(({ expected }) => expected));
  const lists = protocols.map((protocol) => Promise.all(CASES.map((one, index) => listAt(protocol, one, index))));
  expect(await Promise.all(lists)).toMatchObject(wanted);
});
