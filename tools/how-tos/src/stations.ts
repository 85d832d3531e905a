import { VoltbusClient } from '@voltbus/api-client';
import { BY_THE_BOOK, VirtualStation, dialWebSocket, seededRandom, type Personality } from '@voltbus/virtual-station';
import type { Protocol } from '@voltbus/contracts';
import { until } from '@voltbus/infra';
import type { Standalone } from '@voltbus/stack';
import type { Page } from './pages';

const PASSWORD = 'correct horse battery';
/** Of the pages. */
const TOKENS = ['04A2B3C4D5', 'DRIVER-1', 'SIMULATOR'];
const DELIVER_MS = 5_000;
const SESSION = { seconds: 2, readEverySeconds: 1 };

/** The stations of a page; each begins to connect when it is registered. */
export function connectStations({ ocppUrl }: Standalone, { stations = { 'CS-1': 'ocpp2.0.1' }, firmwareVersion }: Page): VirtualStation[] {
  const personality: Personality = {
    ...BY_THE_BOOK,
    publications: 'publishes',
    ...(firmwareVersion === undefined ? {} : { firmwareVersion }),
  };
  return Object.entries(stations).map(([identity, protocol]: [string, Protocol], index) => {
    const target = { url: `${ocppUrl.replace(/\/$/, '')}/default`, identity, protocol, password: PASSWORD };
    return new VirtualStation({ target, random: seededRandom(index + 1), dial: dialWebSocket, personality });
  });
}

/** Tokens, a tariff, and stations that are connected; where the page needs it, one that has charged. */
export async function prepare({ apiUrl, adminKey }: Standalone, page: Page, stations: readonly VirtualStation[]): Promise<void> {
  const client = new VoltbusClient({ baseUrl: apiUrl, key: adminKey, tenant: 'default' });
  await client.put('/v1/tariffs/{tariff}', { path: { tariff: 'standard' }, body: { currency: 'EUR', perKwh: '0.49' } });
  await client.patch('/v1/tenants/{tenant}', { path: { tenant: 'default' }, body: { defaultTariff: 'standard' } });
  for (const idToken of TOKENS) await client.put('/v1/tokens/{idToken}', { path: { idToken }, body: { status: 'Accepted' } });
  for (const { identity } of stations) {
    const body = { password: PASSWORD, ...(page.group === undefined ? {} : { group: page.group }) };
    await client.put('/v1/stations/{station}', { path: { station: identity }, body });
  }
  for (const station of stations) {
    station.start();
    await station.whenReady();
  }
  const [first] = stations;
  if (!page.charged || first === undefined) return;
  await first.charge({ idToken: TOKENS[0] ?? '', ...SESSION });
  await until('a CDR of the session of the first station', async () => (await client.get('/v1/cdrs', {})).items.length > 0);
}

export async function endStations(stations: readonly VirtualStation[]): Promise<void> {
  await Promise.all(stations.map((station) => station.stop(DELIVER_MS)));
}
