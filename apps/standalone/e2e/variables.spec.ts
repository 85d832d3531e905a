import { Api, eventually, startStandalone, type ProtocolName, type Standalone } from '@voltbus/testing';
import { BY_THE_BOOK, VirtualStation, dialWebSocket, seededRandom, type Personality } from '@voltbus/virtual-station';

const PASSWORD = 'varied horse battery';
/** As many as the largest stations have. */
const MEASURING = 3_000;

let standalone: Standalone;
let api: Api;
const stations: VirtualStation[] = [];
let connections = 0;
beforeAll(async () => {
  standalone = await startStandalone();
  api = new Api(standalone.apiUrl, standalone.adminKey);
});
afterEach(async () => {
  for (const station of stations.splice(0)) await station.stop(0);
});
afterAll(() => standalone?.stop());

interface Variable {
  component: string | null;
  variable: string;
  key: string | null;
  attributes: { value: string | null; mutability: string; pendingValue: string | null }[];
}
interface Page<T> {
  items: T[];
  total?: number;
}

async function connect(name: string, protocol: ProtocolName, deviceModel: Personality['deviceModel'] = {}): Promise<VirtualStation> {
  await api.put(`/v1/stations/${name}`, { password: PASSWORD });
  const station = new VirtualStation({
    target: { url: `${standalone.ocppUrl}/default`, identity: name, protocol, password: PASSWORD },
    random: seededRandom(1),
    dial: dialWebSocket,
    observer: { onConnected: () => void connections++ },
    personality: { ...BY_THE_BOOK, firmwareVersion: '1.0', deviceModel },
  });
  stations.push(station);
  station.start();
  await station.whenReady();
  return station;
}

const reports = (name: string, state: string) =>
  eventually(
    () => api.get<Page<{ state: string; kind: string; requestedBy: string; parts: number }>>(`/v1/stations/${name}/variable-reports`),
    ({ body }) => body.items[0]?.state === state,
  );
const valueOf = async (name: string, query: string) => {
  const { body } = await api.get<Page<Variable>>(`/v1/stations/${name}/variables?${query}`);
  return body.items.map(({ attributes }) => attributes[0]);
};

/** A value that is set at once, one for the next boot, and one that cannot be set, by the names of each version. */
const VALUES = {
  'ocpp1.6': [
    { key: 'HeartbeatInterval', value: '77' },
    { key: 'WebSocketPingInterval', value: '20' },
    { key: 'NumberOfConnectors', value: '9' },
  ],
  'ocpp2.0.1': [
    { component: 'OCPPCommCtrlr', variable: 'OfflineThreshold', value: '77' },
    { component: 'ClockCtrlr', variable: 'TimeSource', value: 'Heartbeat' },
    { component: 'ChargingStation', variable: 'Model', value: 'x' },
  ],
} as const;

describe.each<ProtocolName>(['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'])('the variables of a station of %s', (protocol) => {
  it('are reported after its first boot, set, and kept as it says', async () => {
    const name = `vars-${protocol}`;
    const station = await connect(name, protocol, { itemsPerMessage: 2, measuring: protocol === 'ocpp2.1' ? MEASURING : 0 });
    const { body } = await reports(name, 'complete');
    expect(body.items).toMatchObject([{ kind: protocol === 'ocpp1.6' ? 'GetConfiguration' : 'FullInventory', requestedBy: 'automatic' }]);
    const { body: all } = await api.get<Page<Variable>>(`/v1/stations/${name}/variables?total=true`);
    expect(all.total).toBeGreaterThan(protocol === 'ocpp2.1' ? MEASURING : 8);

    const variables = VALUES[protocol === 'ocpp1.6' ? protocol : 'ocpp2.0.1'];
    const set = await api.patch<{ results: { result: string }[] }>(`/v1/stations/${name}/variables`, { variables });
    expect(set.body.results.map(({ result }) => result)).toEqual(['accepted', 'reboot-required', 'read-only']);
    expect(station.variables.get(protocol === 'ocpp1.6' ? 'HeartbeatInterval' : 'OCPPCommCtrlr.OfflineThreshold')).toBe('77');
    expect(await valueOf(name, 'rebootRequired=true')).toMatchObject([{ pendingValue: variables[1].value }]);

    const before = connections;
    await api.post(`/v1/stations/${name}/commands`, {
      action: 'Reset',
      payload: { type: protocol === 'ocpp1.6' ? 'Soft' : 'Immediate' },
      wait: 30,
    });
    await eventually(
      () => Promise.resolve(connections),
      (count) => count === before + 1,
    );
    await station.whenReady();
    await api.post(`/v1/stations/${name}/variables/refresh`, {});
    await eventually(
      () => valueOf(name, protocol === 'ocpp1.6' ? 'key=WebSocketPingInterval' : 'component=ClockCtrlr'),
      ([value]) => value?.value === variables[1].value && value.pendingValue === null,
    );
  });
});
