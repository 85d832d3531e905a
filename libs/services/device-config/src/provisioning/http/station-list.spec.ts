import { expectListed, type FilterCases } from '@voltbus/http/testing';
import { startHttp, type HttpFixture } from '../../testing/start-http';

let http: HttpFixture;
beforeAll(async () => {
  http = await startHttp();
  await http.request('PUT', '/v1/tenants/fleet', { currency: 'EUR', defaultTariff: null });
});
afterAll(() => http?.close());

interface Body {
  items: { station: string; online: boolean }[];
  nextCursor: string | null;
  total?: number;
  totalIsLowerBound?: boolean;
  errors?: { path: string; message: string }[];
}
const list = (query: string) => http.request<Body>('GET', `/v1/stations?${query}`, undefined, 'fleet');
const names = async (query: string) => (await list(query)).body.items.map(({ station }) => station);

/** A station of the fleet as the spec knows it, apart from the service. */
interface Known {
  station: string;
  name: string | null;
  labels: Record<string, string>;
  group: string | null;
  registration: string;
  vendor: string | null;
  online: boolean;
  protocol: string | null;
  statuses: string[];
}

const KNOWN: Known[] = Array.from({ length: 60 }, (_, n) => ({
  station: `${n % 2 === 0 ? 'cs' : 'CS'}-${String(n).padStart(2, '0')}`,
  name: n % 3 === 0 ? null : n % 3 === 1 ? `Säule ${n % 7}` : `säule ${n % 5}`,
  labels: { ...(n % 2 === 0 ? { region: n % 4 === 0 ? 'north' : 'south' } : {}), ...(n % 5 === 0 ? { 'voltbus.org/tier': 'gold' } : {}) },
  group: n % 4 === 0 ? 'Depot' : null,
  registration: n % 6 === 0 ? 'pending' : 'accepted',
  vendor: n % 3 === 0 ? 'ABB, Inc.' : null,
  online: n % 3 !== 1,
  protocol: n % 3 === 1 ? null : n % 2 === 0 ? 'ocpp1.6' : 'ocpp2.1',
  statuses: n % 10 === 0 ? ['Available', 'Faulted'] : n % 10 === 1 ? ['Charging'] : [],
}));

/** As the station was stored, with a fault that only the problem of an EVSE shows where `statuses` says Faulted. */
async function store({ station, name, labels, group, registration, vendor, online, protocol, statuses }: Known, n: number): Promise<void> {
  const { database } = http.service;
  const { status } = await http.request('PUT', `/v1/stations/${station}`, { name, labels, group, registration }, 'fleet');
  expect(status).toBe(201);
  await database.query('UPDATE device_config.stations SET vendor = $1, online = true, serial_number = $2 WHERE station = $3', [
    vendor,
    `SN-${n}`,
    station,
  ]); // the stored `online` is that of a gateway that died: the registry knows better
  for (const [at, one] of statuses.entries()) {
    const faulted = one === 'Faulted';
    await database.query(`INSERT INTO device_config.connectors VALUES ('fleet', $1, $2, 1, $3, NULL, '2026-01-01', 1)`, [
      ...[station, at + 1, faulted ? 'Available' : one],
    ]);
    if (faulted)
      await database.query(
        `INSERT INTO device_config.connector_problems VALUES ('fleet', $1, $2, 0, 'Connector', true, 'E1', NULL, '2026-01-02', 1)`,
        [station, at + 1],
      );
  }
  if (!online || protocol === null) return;
  const by = { inst: 'gw', bucket: 0, protocol: protocol as 'ocpp1.6', lastSeenAt: 0 };
  await http.connections.acquire({ tenant: 'fleet', station }, by);
}

const ci = (text: string | null) => text?.toUpperCase();
/** The filters of the query, each as what a station must be like, and how it is written. */
const FILTERS: FilterCases<Known> = {
  online: [
    ['true', (one) => one.online],
    ['false', (one) => !one.online],
  ],
  protocol: [
    ['ocpp1.6', (one) => one.protocol === 'ocpp1.6'],
    ['ocpp2.1,ocpp2.0.1', (one) => one.protocol === 'ocpp2.1'],
  ],
  status: [
    ['Faulted', (one) => one.statuses.includes('Faulted')],
    ['Charging,Occupied', (one) => one.statuses.includes('Charging')],
    ['Available', (one) => one.statuses.includes('Available')],
  ],
  registration: [['pending', (one) => one.registration === 'pending']],
  group: [['depot', (one) => one.group === 'Depot']],
  vendor: [['abb\\, INC.', (one) => one.vendor !== null]],
  name: [['SÄULE 1,säule 2', (one) => ['SÄULE 1', 'SÄULE 2'].includes(ci(one.name) ?? '')]],
  label: [
    ['region', (one) => 'region' in one.labels],
    ['region:north', (one) => one.labels['region'] === 'north'],
    ['region:north,region:south', (one) => 'region' in one.labels],
    ['region:north,voltbus.org/tier:gold', (one) => one.labels['region'] === 'north' && 'voltbus.org/tier' in one.labels],
    ['region:west', () => false],
  ],
  search: [
    ['cs-1', (one) => ci(one.station)?.startsWith('CS-1') === true],
    ['SÄU', (one) => one.name !== null],
    ['sn-7', (one) => one.station.endsWith('-07')],
    ['%', () => false],
  ],
};

const bytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
const ORDERS: Record<string, (a: Known, b: Known) => number> = {
  station: (a, b) => bytes(a.station, b.station),
  name: (a, b) => Number(a.name === null) - Number(b.name === null) || bytes(a.name ?? '', b.name ?? '') || bytes(a.station, b.station),
};

describe('GET /v1/stations', () => {
  beforeAll(async () => {
    await http.connections.renewLease({ inst: 'gw', bucket: 0 });
    for (const [n, one] of KNOWN.entries()) await store(one, n);
  });

  it('gives exactly the stations that pass all filters, in order, over all its pages', async () => {
    const idOf = ({ station }: { station: string }) => station;
    await expectListed({ all: KNOWN, filters: FILTERS, orders: ORDERS, idOf, list, largestPage: 40, runs: 25 });
  });

  it.each([
    ['status=Broken', '/status', 'Broken is none of Available, Preparing'],
    ['protocol=ocpp1.5', '/protocol', 'is none of ocpp1.6'],
    ['label=-x', '/label', 'is no label such as region or region:north'],
    ['label=a:b%20c', '/label', 'is no value of a label'],
    ['fields=password', '/fields', 'password is no member'],
    ['sort=lastSeenAt', '/sort', 'is none of station, -station, name, -name'],
  ])('refuses %s with 400, saying why', async (query, path, why) => {
    const { status, body } = await list(query);
    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ path, message: expect.stringContaining(why) as string }]);
  });

  it('answers the chosen members only', async () => {
    expect((await list('limit=1&sort=-station&fields=online')).body.items).toEqual([{ station: 'cs-58', online: false }]);
  });

  it('goes by the stored state of stations while the connection registry is away', async () => {
    http.connections.setAvailable(false);
    expect(await names('online=false')).toEqual([]);
    http.connections.setAvailable(true);
    expect(await names('online=false')).toHaveLength(20);
  });
});
