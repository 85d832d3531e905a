import { STATIONS, toCloudEventHeaders } from '@voltbus/contracts';
import { endedTransaction } from '../testing/ended-transaction';
import { startRunningCdr, type RunningCdr } from '../testing/running-cdr';

let service: RunningCdr;
beforeAll(async () => {
  service = await startRunningCdr();
  await service.publishTenant({ tenant: 'default', currency: 'EUR', defaultTariff: null });
});
afterAll(() => service?.close());

const place = {
  ...{ street: 'Am Tor 1', postalCode: '50667', city: 'Köln', country: 'DE', latitude: 50.9, longitude: 6.9 },
  timeZone: 'Europe/Berlin',
};
const described = { name: 'Tor', place, evseIds: [{ evse: 1, evseId: 'DE*ABC*E1' }], labels: { region: 'north' } };

/** As device-config publishes it; done when this service has handled it. */
async function publish(type: 'described' | 'deleted', station: string, time: string, description: object): Promise<void> {
  const value = { tenant: 'default', station, ...description };
  const event = { id: `${station} ${time}`, type: `voltbus.station.${type}`, source: '/voltbus/spec', time, subject: `default/${station}` };
  const headers = toCloudEventHeaders({ ...event, tenant: 'default' });
  await service.bus.publish(STATIONS, { key: `default/${station}`, value: Buffer.from(JSON.stringify(value)), headers });
}

async function cdrOf(station: string, startedAt: string, evse = 1) {
  const [cdr] = await service.cdrsOf(endedTransaction({ station, startedAt, evse }));
  return { timeZone: cdr?.timeZone, stationName: cdr?.stationName, place: cdr?.place, evseId: cdr?.evseId };
}
const site = { timeZone: 'Europe/Berlin', stationName: 'Tor', place, evseId: 'DE*ABC*E1' };
const nowhere = { timeZone: 'UTC', stationName: null, place: null, evseId: null };

describe('a CDR', () => {
  it('shows where its station stands, and is in UTC where nobody has said', async () => {
    expect(await cdrOf('unknown', '2026-03-01T10:00:00.000Z')).toEqual(nowhere);
    await publish('described', 'known', '2026-03-01T09:00:00.000Z', described);
    expect(await cdrOf('known', '2026-03-01T10:00:00.000Z')).toEqual(site);
    expect(await cdrOf('known', '2026-03-01T10:00:00.000Z', 2)).toEqual({ ...site, evseId: null });
  });

  it('goes by the first description also where its session began before, and by each later one from its own time on', async () => {
    await publish('described', 'moved', '2026-03-02T00:00:00.000Z', described);
    await publish('described', 'moved', '2026-03-03T00:00:00.000Z', { ...described, place: { ...place, timeZone: 'Asia/Tokyo' } });
    await publish('described', 'moved', '2026-03-03T00:00:00.000Z', { ...described, name: 'the same event again' });
    expect((await cdrOf('moved', '2026-03-01T00:00:00.000Z')).timeZone).toBe('Europe/Berlin');
    expect((await cdrOf('moved', '2026-03-02T23:59:59.999Z')).timeZone).toBe('Europe/Berlin');
    expect(await cdrOf('moved', '2026-03-03T00:00:00.000Z')).toMatchObject({ timeZone: 'Asia/Tokyo', stationName: 'Tor' });
  });

  it('shows nothing of a station that was deleted before, for another one may have its name', async () => {
    await publish('described', 'deleted', '2026-03-02T00:00:00.000Z', described);
    await publish('deleted', 'deleted', '2026-03-03T00:00:00.000Z', { group: null });
    expect(await cdrOf('deleted', '2026-03-02T12:00:00.000Z')).toEqual(site);
    expect(await cdrOf('deleted', '2026-03-03T12:00:00.000Z')).toEqual(nowhere);
  });

  it('has a history of what it shows, and of nothing else that changes', async () => {
    const of = (day: number) => `2026-03-0${day}T00:00:00.000Z`;
    await publish('described', 'labelled', of(2), described);
    await publish('described', 'labelled', of(3), { ...described, labels: { region: 'south' } });
    for (const day of [4, 5]) await publish('deleted', 'labelled', of(day), { group: null });
    await publish('described', 'labelled', of(6), described);
    const versions: { since: Date }[] = await service.database.query(
      `SELECT since FROM cdr.station_descriptions WHERE station = 'labelled' ORDER BY since`,
    );
    expect(versions.map(({ since }) => since.toISOString())).toEqual([of(2), of(4), of(6)]);
  });
});
