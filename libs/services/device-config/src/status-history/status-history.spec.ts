import { CONNECTIONS, type StationRef } from '@voltbus/contracts';
import { startService, type ServiceFixture } from '../testing/start-service';
import { HISTORY_ALLOWANCE } from './limits';
import type { HistoryEntry, HistoryReport } from './domain/history-entry';
import { StatusHistory } from './status-history';
import type { NewEntry } from './store/typeorm-status-history';

let service: ServiceFixture;
beforeAll(async () => (service = await startService()));
afterAll(() => service?.close());

const NOON = Date.now() - 86_400_000;
const at = (minute: number) => new Date(NOON + minute * 60_000);
const ref = (station: string): StationRef => ({ tenant: 'default', station });
const known = (station: string) => service.stations.put(ref(station), {});

interface Entry {
  status: string;
  kind: string;
  evse: number;
  minute: number;
  confirmed: number;
  replaced: number | null;
  superseded: boolean;
}

const minuteOf = (time: Date) => (time.getTime() - NOON) / 60_000;
async function entries(station: string): Promise<Entry[]> {
  const rows = await service.database.query<
    { status: string; kind: string; evse: number; at: Date; confirmed_at: Date; replaced_at: Date | null; superseded: boolean }[]
  >('SELECT * FROM device_config.status_history WHERE station = $1 ORDER BY at, number', [station]);
  return rows.map(({ status, kind, evse, superseded, ...times }) => ({
    ...{ status, kind, evse, superseded },
    minute: minuteOf(times.at),
    confirmed: minuteOf(times.confirmed_at),
    replaced: times.replaced_at === null ? null : minuteOf(times.replaced_at),
  }));
}
const course = async (station: string) =>
  (await entries(station)).map(({ status, minute, confirmed, replaced }) => [status, minute, confirmed, replaced]);

interface Report {
  minute: number;
  epoch?: number;
  received?: number;
  written?: string;
  more?: object;
}
const status16 = (status: string, { minute, written, more = {} }: Report) => ({
  ...{ connectorId: 1, errorCode: 'NoError', status, timestamp: written ?? at(minute).toISOString() },
  ...more,
});
const send = (station: string, status: string, report: Report) =>
  service.send(
    { protocol: 'ocpp1.6', station, epoch: report.epoch ?? 1, receivedAt: at(report.received ?? report.minute) },
    'StatusNotification',
    status16(status, report),
  );

describe('the history of a connector', () => {
  it('has each change with the codes of the vendor, and the times of the station and ours', async () => {
    await known('codes');
    const more = {
      errorCode: 'OtherError',
      vendorErrorCode: 'CX014',
      vendorId: 'https://chargex.inl.gov',
      info: 'key=S3cret password=abc',
    };
    await send('codes', 'Faulted', { minute: 1, received: 3, more });
    const [row] = await service.database.query<Record<string, unknown>[]>(
      `SELECT * FROM device_config.status_history WHERE station = 'codes'`,
    );
    expect(row).toMatchObject({
      ...{ status: 'Faulted', error_code: 'OtherError', vendor_error_code: 'CX014', vendor_id: 'https://chargex.inl.gov' },
      ...{ at: at(1), station_time: at(1), received_at: at(3), replaced_at: null },
    });
    expect(row?.['info']).not.toContain('abc');
  });

  it('has repetitions as confirmations, late reports in their place, and ends where the next begins', async () => {
    await known('course');
    await send('course', 'Available', { minute: 0 });
    await send('course', 'Available', { minute: 10 });
    await send('course', 'Charging', { minute: 20 });
    await send('course', 'Faulted', { minute: 5, received: 21 });
    await send('course', 'Charging', { minute: 30 });
    expect(await course('course')).toEqual([
      ['Available', 0, 10, 20],
      ['Faulted', 5, 5, 20],
      ['Charging', 20, 30, null],
    ]);
  });

  it('is the same for one batch and for several', async () => {
    await Promise.all([known('one-batch'), known('batches')]);
    const reports: [string, number][] = [['Available', 0], ['Charging', 5], ['Available', 3], ['Available', 9], ['Faulted', 12], ['Faulted', 12], ['Faulted', 15]]; // prettier-ignore
    const messages = (station: string) =>
      reports.map(([status, minute]) => ({
        station: { protocol: 'ocpp1.6' as const, station, receivedAt: at(20) },
        action: 'StatusNotification',
        payload: status16(status, { minute }),
      }));
    await service.sendMany(messages('one-batch'));
    for (const message of messages('batches')) await service.sendMany([message]);
    expect(await course('one-batch')).toEqual(await course('batches'));
    expect(await course('batches')).toEqual([
      ['Available', 0, 0, 5],
      ['Available', 3, 3, 5],
      ['Charging', 5, 5, 9],
      ['Available', 9, 9, 12],
      ['Faulted', 12, 15, null],
    ]);
  });

  it.each(['0000-01-01T00:00:00Z', '9999-12-31T23:59:59Z', '1970-01-01T00:00:00Z', 'yesterday'])(
    'written at %s begins when it was received, and has no time of the station',
    async (written) => {
      const station = `clock ${written}`;
      await known(station);
      await send(station, 'Faulted', { minute: 7, written });
      await send(station, 'Available', { minute: 8 });
      expect(await course(station)).toEqual([
        ['Faulted', 7, 7, 8],
        ['Available', 8, 8, null],
      ]);
    },
  );

  it('goes on when the station restarts behind its time, and an older connection ends no newer state', async () => {
    await known('behind');
    await send('behind', 'Faulted', { minute: 50 });
    await send('behind', 'Available', { minute: 10, received: 60, epoch: 2 });
    await send('behind', 'Unavailable', { minute: 70, epoch: 1 });
    expect(await course('behind')).toEqual([
      ['Faulted', 50, 50, 60],
      ['Available', 60, 60, null],
      ['Unavailable', 70, 70, 70],
    ]);
    expect((await entries('behind')).map(({ superseded }) => superseded)).toEqual([false, false, true]);
  });

  it('has a message once, however often it is delivered', async () => {
    await known('again');
    const store = service.table.ocpp16['StatusNotification'];
    if (store?.shape !== 'batch') throw new Error('not stored in batches');
    const seen = jest.spyOn(store, 'store');
    await send('again', 'Faulted', { minute: 1 });
    await send('again', 'Available', { minute: 2 });
    const [first = [], second = []] = seen.mock.calls.map(([messages]) => messages);
    seen.mockRestore();
    await store.store([...first, ...second, ...first]);
    expect(await course('again')).toEqual([
      ['Faulted', 1, 1, 2],
      ['Available', 2, 2, null],
    ]);
  });

  it(`has ${HISTORY_ALLOWANCE.burst} changes at once; beyond, the state changes without it, and is counted`, async () => {
    await known('flicker');
    const count = HISTORY_ALLOWANCE.burst + 5;
    await service.sendMany(
      Array.from({ length: count }, (_, nth) => ({
        station: { protocol: 'ocpp1.6' as const, station: 'flicker', receivedAt: at(600) },
        action: 'StatusNotification',
        payload: status16(nth % 2 === 0 ? 'Available' : 'Faulted', { minute: nth / 100 }),
      })),
    );
    expect(await entries('flicker')).toHaveLength(HISTORY_ALLOWANCE.burst);
    expect(service.metrics.total('device_config_anomalies_total', { kind: 'status-without-history' })).toBe(5);
  });
});

it('has the last state of a station that changed it too often, as soon as there is room for it', async () => {
  const kept: NewEntry[] = [];
  let room = 3;
  const held: (HistoryEntry | null)[] = [null];
  const history = new StatusHistory({
    allowance: { within: (things) => things.filter(() => room-- > 0) },
    store: {
      latest: () => Promise.resolve([held.at(-1) ?? null]),
      write: (entries) => Promise.resolve(entries.forEach((entry) => void (kept.push(entry), held.push(entry)))),
    },
  });
  const report = (minute: number, status: string): HistoryReport => ({
    ...{ ...ref('x'), evse: 1, connector: 1, kind: 'status', component: '', status, id: `${minute}`, epoch: 1, stationTime: null },
    ...{ errorCode: null, vendorErrorCode: null, vendorId: null, info: null, at: at(minute).getTime(), receivedAt: at(minute).getTime() },
  });
  await history.record([1, 2, 3, 4, 5, 6].map((minute) => report(minute, minute % 2 === 0 ? 'Available' : 'Faulted')));
  expect(kept.map(({ status }) => status)).toEqual(['Faulted', 'Available', 'Faulted']);
  await history.catchUp();
  expect(kept).toHaveLength(3);
  room = 1;
  await history.catchUp();
  expect(kept.at(-1)).toMatchObject({ status: 'Available', at: at(6).getTime(), replacedAt: null });
  room = 9;
  await history.catchUp();
  expect(kept).toHaveLength(4);
});

it('has problems of components of 2.x, and their ends', async () => {
  await known('problems');
  const event = (minute: number, actualValue: string) => ({
    ...{
      eventId: 1,
      timestamp: at(minute).toISOString(),
      trigger: 'Alerting',
      actualValue,
      eventNotificationType: 'HardWiredNotification',
    },
    ...{ component: { name: 'EVSE', evse: { id: 1 } }, variable: { name: 'Problem' }, techCode: 'E1' },
  });
  const payload = { generatedAt: at(0).toISOString(), seqNo: 0, eventData: [event(1, 'true'), event(2, 'false')] };
  await service.send({ protocol: 'ocpp2.1', station: 'problems', receivedAt: at(3) }, 'NotifyEvent', payload);
  expect(await course('problems')).toEqual([
    ['active', 1, 1, 2],
    ['over', 2, 2, null],
  ]);
});

it('has connections; the end of an older one does not count', async () => {
  await known('connections');
  const event = (epoch: number, minute: number) => ({
    ...{
      ...ref('connections'),
      protocol: 'ocpp1.6',
      gateway: 'gw',
      epoch,
      at: at(minute).toISOString(),
      reason: 'x',
      remoteAddress: '192.0.2.1',
    },
  });
  const { connected, disconnected } = CONNECTIONS.events;
  await service.deliver(connected, [event(1, 0)]);
  await service.deliver(connected, [event(2, 5)]);
  await service.deliver(disconnected, [event(1, 6)]);
  await service.deliver(disconnected, [event(2, 9)]);
  await service.deliver(connected, [event(2, 5)]);
  expect((await entries('connections')).filter(({ superseded }) => !superseded)).toMatchObject([
    { status: 'online', minute: 0, confirmed: 5, replaced: 9 },
    { status: 'online', minute: 5, replaced: 9 }, // it came again when something newer was known
    { status: 'offline', minute: 9, replaced: null },
  ]);
});
