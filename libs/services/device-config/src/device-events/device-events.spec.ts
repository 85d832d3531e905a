import {
  DEVICE_EVENTS,
  alertSchema,
  deterministicId,
  deviceEventSchema,
  type Alert,
  type DeviceEvent,
  type Protocol,
} from '@voltbus/contracts';
import { startService, type ServiceFixture } from '../testing/start-service';
import { deviceEvents } from './block';
import { DeviceEvents } from './device-events';
import { EVENTS_ALLOWANCE, MAX_OPEN_ALERTS } from './limits';

let service: ServiceFixture;
beforeAll(async () => (service = await startService()));
afterAll(() => service?.close());

const NOON = Date.now() - 3_600_000;
const at = (minute: number) => new Date(NOON + minute * 60_000).toISOString();
const ref = (station: string) => ({ tenant: 'default', station });
const known = (station: string) => service.stations.put(ref(station), {});
const event = (minute: number, more: object = {}) => ({
  ...{ eventId: 1, timestamp: at(minute), trigger: 'Alerting', actualValue: '90', eventNotificationType: 'CustomMonitor' },
  ...{ component: { name: 'EVSE', evse: { id: 1 } }, variable: { name: 'Temperature' }, variableMonitoringId: 5 },
  ...more,
});
const notify = (station: string, eventData: object[], { epoch = 1, protocol = 'ocpp2.1' as Protocol } = {}) =>
  service.send({ protocol, station, epoch, receivedAt: new Date(NOON + 3_000_000) }, 'NotifyEvent', {
    generatedAt: at(0),
    seqNo: 0,
    eventData,
  });
const status16 = (station: string, minute: number, more: object) =>
  service.send({ protocol: 'ocpp1.6', station, receivedAt: new Date(NOON + 3_000_000) }, 'StatusNotification', {
    ...{ connectorId: 1, status: 'Faulted', timestamp: at(minute) },
    ...more,
  });

const listed = { limit: 20_000, after: null } as const;
const events = async (station: string): Promise<DeviceEvent[]> => {
  const list = service.service.storeOf(deviceEvents).listEvents('default');
  return (await list.read({ ...listed, filters: { station: [station] }, sort: { by: 'at', descending: false } })).items;
};
const alerts = async (station: string, open?: boolean): Promise<Alert[]> => {
  const list = service.service.storeOf(deviceEvents).listAlerts('default');
  return (await list.read({ ...listed, filters: { station: [station], open }, sort: { by: 'raisedAt', descending: false } })).items;
};
const published = async (station: string) => {
  const rows: { headers: Record<string, string>; value: Buffer }[] = await service.database.query(
    'SELECT headers, value FROM device_config.outbox WHERE topic = $1 AND key = $2 ORDER BY id',
    [DEVICE_EVENTS.name, `default/${station}`],
  );
  return rows.map(({ headers, value }) => {
    const type = headers['ce_type'] ?? '';
    const schema = type === DEVICE_EVENTS.events.recorded.type ? deviceEventSchema : alertSchema;
    schema.strict().parse(JSON.parse(value.toString('utf8')));
    return type.replace('voltbus.', '');
  });
};

it.each(['ocpp2.0.1', 'ocpp2.1'] as const)(
  '%s N07: an event is kept and published, and raises an alert that a cleared one ends',
  async (protocol) => {
    const station = `course ${protocol}`;
    await known(station);
    expect((await notify(station, [event(1, { techInfo: 'hot, password=S3cretOfAStation42' })], { protocol })).payload).toEqual({});
    expect(await events(station)).toMatchObject([
      { evse: 1, connector: 0, component: 'EVSE', variable: 'Temperature', monitor: 5, value: '90' },
    ]);
    expect(await alerts(station, true)).toMatchObject([{ monitor: 5, raisedAt: at(1), clearedAt: null, events: 1 }]);
    await notify(station, [event(2, { actualValue: '95' })], { protocol });
    expect(await alerts(station, true)).toMatchObject([{ value: '95', raisedAt: at(1), events: 2 }]);
    await notify(station, [event(3, { cleared: true, actualValue: '40' })], { protocol });
    expect(await alerts(station)).toMatchObject([{ clearedAt: at(3), value: '40' }]);
    expect(await published(station)).toEqual([
      'device-event.recorded',
      'alert.raised',
      'device-event.recorded',
      'device-event.recorded',
      'alert.cleared',
    ]);
    expect(JSON.stringify(await events(station))).not.toContain('S3cretOfAStation42');
  },
);

it('of Delta and Periodic is kept and raises nothing; each monitor of a variable has an alert of its own', async () => {
  await known('kinds');
  await notify('kinds', [event(1, { trigger: 'Delta' }), event(1, { trigger: 'Periodic' })]);
  expect([await events('kinds'), await alerts('kinds')].map(({ length }) => length)).toEqual([2, 0]);
  await notify('kinds', [event(2), event(2, { variableMonitoringId: 6 }), event(2, { variableMonitoringId: undefined })]);
  await notify('kinds', [event(3, { cleared: true })]);
  expect((await alerts('kinds', true)).map(({ monitor }) => monitor).sort()).toEqual([6, null]);
});

it('eventIds may repeat, and an event that names itself as its cause has none', async () => {
  await known('ids');
  await notify('ids', [event(1, { eventId: 7, cause: 7 }), event(2, { eventId: 7, cause: 6 }), event(3, { eventId: 2 ** 40, cause: -1 })]);
  const kept = await events('ids');
  expect(kept.map(({ eventId, cause }) => `${eventId} ${cause}`).sort()).toEqual(['7 6', '7 null', 'null null']);
  expect(new Set(kept.map(({ id }) => id)).size).toBe(3);
});

it('an older event, and one of an older connection, changes no alert', async () => {
  await known('late');
  await notify('late', [event(5, { cleared: true }), event(4), event(6), event(5, { cleared: true })], { epoch: 2 });
  expect(await alerts('late')).toMatchObject([{ raisedAt: at(4), clearedAt: null }]);
  await notify('late', [event(9, { cleared: true })], { epoch: 1 });
  expect(await alerts('late', true)).toHaveLength(1);
  await notify('late', [event(0, { cleared: true, timestamp: '0000-01-01T00:00:00Z' })], { epoch: 3 });
  expect(await alerts('late', true)).toHaveLength(0);
});

it('a message that is delivered twice is one', async () => {
  await known('again');
  const store = service.table.ocpp2['NotifyEvent'];
  if (store?.shape !== 'batch') throw new Error('not stored in batches');
  const seen = jest.spyOn(store, 'store');
  await notify('again', [event(1)]);
  const [first = []] = seen.mock.calls.map(([messages]) => messages);
  seen.mockRestore();
  await store.store([...first, ...first]);
  expect(await events('again')).toHaveLength(1);
  expect(await alerts('again')).toMatchObject([{ events: 1 }]);
  expect(await published('again')).toEqual(['device-event.recorded', 'alert.raised']);
});

it(`${EVENTS_ALLOWANCE.burst} events of one message are kept; beyond, they are counted; ${MAX_OPEN_ALERTS} alerts are open at once`, async () => {
  await known('flood');
  const flood = Array.from({ length: EVENTS_ALLOWANCE.burst + 3 }, (_, nth) =>
    event(1, { eventId: nth, variableMonitoringId: nth % (MAX_OPEN_ALERTS + 50) }),
  );
  await notify('flood', flood);
  expect(await events('flood')).toHaveLength(EVENTS_ALLOWANCE.burst);
  expect(await alerts('flood')).toHaveLength(MAX_OPEN_ALERTS);
  expect(service.metrics.total('device_config_anomalies_total', { kind: 'device-event-not-kept' })).toBe(3);
});

it('beyond what is kept ends the alerts that are open, and raises none', async () => {
  await known('beyond');
  await notify('beyond', [event(1), event(1, { variableMonitoringId: 8 })]);
  const [one] = (await events('beyond')).filter(({ monitor }) => monitor === 5);
  if (one === undefined) throw new Error('no event');
  const none = new DeviceEvents({ store: service.service.storeOf(deviceEvents), allowance: { within: () => [] } });
  const fenced = (minute: number, more: Partial<DeviceEvent>) => ({
    event: { ...one, ...more, id: deterministicId('spec', minute) },
    ...{ at: Date.parse(at(minute)), epoch: 1 },
  });
  await none.record([fenced(2, { cleared: true }), fenced(3, {}), fenced(4, { monitor: 9 }), fenced(5, { cleared: true })]);
  await none.record([fenced(6, { cleared: true }), fenced(7, {}), fenced(8, { monitor: 9, cleared: true })]);
  expect(await alerts('beyond', true)).toMatchObject([{ monitor: 8 }]);
  expect(await alerts('beyond', false)).toMatchObject([{ monitor: 5, clearedAt: at(5) }]);
  expect(await events('beyond')).toHaveLength(3);
  expect((await published('beyond')).filter((type) => type.startsWith('alert.'))).toEqual([
    'alert.raised',
    'alert.raised',
    'alert.cleared',
  ]);
});

it('an alert that one message raises and clears often is published so often, and stored as it is in the end', async () => {
  await known('often');
  await notify('often', [1, 2, 3, 4, 5].map((minute) => event(minute, { cleared: minute % 2 === 0 }))); // prettier-ignore
  expect(await alerts('often')).toMatchObject([{ clearedAt: at(2) }, { clearedAt: at(4) }, { clearedAt: null, raisedAt: at(5) }]);
  expect((await published('often')).filter((type) => type.startsWith('alert.'))).toEqual(
    ['raised', 'cleared', 'raised', 'cleared', 'raised'].map((change) => `alert.${change}`),
  );
});

it('whose names cannot be kept is stored as received, and holds up no other', async () => {
  await known('odd');
  await notify('odd', [
    event(1, { component: { name: 'x'.repeat(500) } }),
    event(1, { component: { name: 'A', evse: { id: -1 } } }),
    event(2),
  ]);
  expect(await events('odd')).toHaveLength(1);
  expect(await service.database.query(`SELECT FROM device_config.messages WHERE station = 'odd'`)).toHaveLength(1);
});

describe('an error code of 1.6', () => {
  it('is an event with what the code means, raises an alert, and ends with NoError', async () => {
    await known('sixteen');
    await status16('sixteen', 1, { status: 'Available', errorCode: 'NoError' });
    await status16('sixteen', 2, { errorCode: 'OtherError', vendorErrorCode: 'cx014', vendorId: 'https://chargex.inl.gov' });
    await status16('sixteen', 3, { errorCode: 'GroundFailure', vendorErrorCode: 'E99' });
    expect(await alerts('sixteen', true)).toMatchObject([
      { evse: 1, connector: 1, component: 'Connector', variable: 'Problem', code: 'E99', severity: 0, raisedAt: at(2), events: 2 },
    ]);
    await status16('sixteen', 4, { status: 'Available', errorCode: 'NoError' });
    await status16('sixteen', 5, { status: 'Available', errorCode: 'NoError' });
    expect(await alerts('sixteen')).toMatchObject([{ clearedAt: at(4) }]);
    const kept = await events('sixteen');
    expect(kept.map(({ code, meaning }) => `${code} ${meaning}`).sort()).toEqual([
      'E99 The ground fault protection has tripped',
      'cx014 PilotFault (ChargeX MREC)',
      'null null',
    ]);
  });

  it('that nobody knows is kept with no meaning', async () => {
    await known('unknown');
    await status16('unknown', 1, { errorCode: 'toString', vendorErrorCode: 'null' });
    expect(await alerts('unknown', true)).toMatchObject([{ code: 'toString', meaning: null, severity: null }]);
  });
});
