import { StationAllowance } from '@voltbus/service';
import { startService, type ServiceFixture } from '../testing/start-service';
import { FakeCommands, endedCommand } from '../testing/fake-commands';
import { unhandledMessages } from '../unhandled-messages';
import { eventStreams } from './block';
import { EventStreams } from './event-streams';
import { MAX_REMEMBERED, MAX_STREAMS, STREAM_ALLOWANCE } from './limits';

let service: ServiceFixture;
let streams: EventStreams;
let router: FakeCommands;
const NOON = Date.UTC(2026, 5, 1, 12);
const at = (second: number) => new Date(NOON + second * 1_000);
const cleared: number[][] = [];
beforeAll(async () => {
  service = await startService();
  router = new FakeCommands();
  streams = new EventStreams({
    ...{ store: service.service.storeOf(eventStreams), unhandled: service.service.use(unhandledMessages).store, commands: router },
    allowance: new StationAllowance({ ...STREAM_ALLOWANCE, beyond: () => undefined, now: () => NOON }),
    settings: { clear: (_ref, ids) => (cleared.push([...ids]), Promise.resolve([{ result: 'accepted', id: null, command: null, info: null }])) },
    now: () => at(0),
  }); // prettier-ignore
});
afterAll(() => service?.close());

const ref = (station: string) => ({ tenant: 'default', station });
async function known(station: string): Promise<void> {
  await service.stations.put(ref(station), {});
  await service.database.query(`UPDATE device_config.stations SET protocol = 'ocpp2.1' WHERE station = $1`, [station]);
}
const send = (station: string, action: string, payload: object, second = 0) =>
  service.send({ protocol: 'ocpp2.1', station, receivedAt: at(second) }, action, payload);
const open = async (station: string, id: number, { monitor = 5, params = { interval: 10, values: 60 } } = {}, second = 0) =>
  (await send(station, 'OpenPeriodicEventStream', { constantStreamData: { id, params, variableMonitoringId: monitor } }, second)).payload[
    'status'
  ];
const notify = (station: string, id: number, data: readonly (readonly [number, string])[], { second = 10, pending = 0 } = {}) =>
  send(
    station,
    'NotifyPeriodicEventStream',
    { id, pending, basetime: at(0).toISOString(), data: data.map(([t, v]) => ({ t, v })) },
    second,
  );
const stream = (station: string, id: number) => streams.find(ref(station), id);
const values = async (station: string, id = 1) =>
  (await service.database.query<{ value: string }[]>('SELECT value FROM device_config.event_stream_values WHERE station = $1 AND stream = $2 ORDER BY at', [station, id])).map(({ value }) => value); // prettier-ignore
const unhandled = async (station: string) =>
  (await service.database.query<unknown[]>('SELECT FROM device_config.messages WHERE station = $1', [station])).length;

it('N11, N13, N15: a stream is opened, has its values once and by their time, and is closed', async () => {
  await known('course');
  expect(await open('course', 1)).toBe('Accepted');
  const told = { pending: 3 };
  for (let nth = 0; nth < 2; nth++) await notify('course', 1, [[2, 'c'], [-1, 'a'], [1, 'b']], told); // prettier-ignore
  expect(await values('course')).toEqual(['a', 'b', 'c']);
  expect(await stream('course', 1)).toMatchObject({ monitor: 5, intervalSeconds: 10, values: 60, pending: 3, received: 6, lastAt: at(10), closedAt: null });
  expect(await send('course', 'ClosePeriodicEventStream', { id: 1 }, 20)).toMatchObject({ payload: {} });
  await notify('course', 1, [[5, 'late']]);
  expect([(await stream('course', 1)).closedAt, await values('course'), await unhandled('course')]).toEqual([at(20), ['a', 'b', 'c'], 1]);
  expect(await open('course', 1, { monitor: 6 }, 30)).toBe('Accepted');
  expect([await values('course'), await stream('course', 1)]).toMatchObject([[], { monitor: 6, received: 0, closedAt: null }]);
}); // prettier-ignore

it('hostile stations have bounded streams, and no stream of a number that names nothing', async () => {
  await known('hostile');
  for (let id = 0; id < MAX_STREAMS; id++) expect(await open('hostile', id)).toBe('Accepted');
  expect([await open('hostile', MAX_STREAMS), await open('hostile', 7)]).toEqual(['Rejected', 'Accepted']);
  for (const id of [-1, 0.5, 2 ** 31, 2 ** 53, 1e300]) {
    expect(await open('hostile', id)).toBe('Rejected');
    await send('hostile', 'ClosePeriodicEventStream', { id });
    await notify('hostile', id, [[0, 'x']]);
  }
  expect([await unhandled('hostile'), await open('unknown', 1)]).toEqual([5, 'Rejected']);
});

it('remembers so many that are closed, the last ones', async () => {
  await known('many');
  await service.database.query(
    `INSERT INTO device_config.event_streams (tenant, station, id, monitor, opened_at, closed_at)
     SELECT 'default', 'many', nth, 1, $1, $1::timestamptz + nth * interval '1 second' FROM generate_series(1, $2) AS nth`,
    [at(0), MAX_REMEMBERED],
  );
  await open('many', 9_999);
  await expect(stream('many', 1)).rejects.toMatchObject({ code: 'not-found' });
  expect(await stream('many', 2)).toMatchObject({ id: 2 });
});

it('values beyond the allowance of a stream are counted, and those of another stream are kept', async () => {
  await known('flood');
  for (const id of [1, 2]) await open('flood', id);
  const message = (id: number, from: number) => ({
    ...{ ref: ref('flood'), protocol: 'ocpp2.1' as const, action: 'NotifyPeriodicEventStream', messageId: 'm', receivedAt: at(from) },
    payload: { id, pending: 2 ** 40, basetime: at(from).toISOString(), data: Array.from({ length: 1_000 }, (_, nth) => ({ t: nth / 1_000, v: '1' })) },
  }); // prettier-ignore
  const all = [0, 1, 2, 3, 4].map((from) => message(1, from));
  await streams.receive([...all, message(2, 0)] as never);
  expect(await stream('flood', 1)).toMatchObject({ received: 5_000, notKept: 5_000 - STREAM_ALLOWANCE.burst, pending: null });
  expect([(await values('flood', 1)).length, (await values('flood', 2)).length]).toEqual([STREAM_ALLOWANCE.burst, 1_000]);
});

it('N12, N14: is adjusted when the station accepts it, and the station tells which it has', async () => {
  await known('asked');
  for (const id of [1, 2]) await open('asked', id, {}, -10);
  router.answer('AdjustPeriodicEventStream', () => ({ status: 'answered', response: { status: 'Accepted' } }));
  expect(await streams.adjust(ref('asked'), 1, { intervalSeconds: 60, values: null }, 1)).toBe('accepted');
  expect(router.payloadsOf('AdjustPeriodicEventStream')).toEqual([{ id: 1, params: { interval: 60 } }]);
  await streams.onEnded(endedCommand({ ...ref('asked'), action: 'AdjustPeriodicEventStream', payload: { id: 2, params: { values: 1 } }, response: { status: 'Rejected' } }));
  expect([await stream('asked', 1), await stream('asked', 2)]).toMatchObject([{ intervalSeconds: 60, values: null }, { intervalSeconds: 10, values: 60 }]);
  await notify('asked', 1, [[0, 'kept']]);
  const constantStreamData = [{ id: 1, params: { interval: 5 }, variableMonitoringId: 5 }, { id: 3, params: {}, variableMonitoringId: 9 }, { id: -1, params: {}, variableMonitoringId: 9 }];
  router.answer('GetPeriodicEventStream', () => ({ status: 'answered', response: { constantStreamData }, endedAt: at(60).toISOString() }) as never);
  expect(await streams.refresh(ref('asked'), 1)).toBe('accepted');
  expect(await Promise.all([1, 2, 3].map((id) => stream('asked', id)))).toMatchObject([{ intervalSeconds: 5, closedAt: null }, { closedAt: at(60) }, { monitor: 9, closedAt: null }]);
  expect(await values('asked')).toEqual(['kept']);
  expect([await streams.close(ref('asked'), 3, 1_000), cleared]).toEqual(['accepted', [[9]]]);
  await expect(streams.adjust(ref('asked'), 77, { intervalSeconds: 1, values: null }, 1)).rejects.toMatchObject({ code: 'not-found' });
}); // prettier-ignore

it('a station of another version has none to ask for', async () => {
  await known('older');
  await service.database.query(`UPDATE device_config.stations SET protocol = 'ocpp2.0.1' WHERE station = 'older'`);
  await expect(streams.refresh(ref('older'), 1)).rejects.toMatchObject({ code: 'conflict' });
});
