import type { Command, Protocol } from '@voltbus/contracts';
import { FakeCommands, endedCommand } from '../testing/fake-commands';
import { startService, type ServiceFixture } from '../testing/start-service';
import { monitoring } from './block';
import { MAX_MONITORS, REPORT_TIMEOUT_MS } from './limits';
import { Monitors } from './monitors';

let service: ServiceFixture;
let monitors: Monitors;
let router: FakeCommands;
const NOON = Date.UTC(2026, 5, 1, 12);
let clock = NOON;
beforeAll(async () => {
  service = await startService();
  router = new FakeCommands();
  monitors = new Monitors({ store: service.service.storeOf(monitoring), commands: router, now: () => new Date(clock) });
});
afterAll(() => service?.close());

const ref = (station: string) => ({ tenant: 'default', station });
const known = (station: string) => service.stations.put(ref(station), {});
const at = (second: number) => new Date(NOON + second * 1_000);
const named = (variable: string, evse = 1) => ({ component: { name: 'EVSE', evse: { id: evse } }, variable: { name: variable } });
const reported = (id: number, variable = 'Power', more: object = {}) => ({
  ...named(variable),
  variableMonitoring: [{ id, transaction: false, value: 1, type: 'UpperThreshold', severity: 5, ...more }],
});
const part = (
  station: string,
  seqNo: number,
  monitor: object[],
  { requestId = 7, tbc = false, second = 10, protocol = 'ocpp2.0.1' as Protocol } = {},
) =>
  service.send({ protocol, station, receivedAt: at(second) }, 'NotifyMonitoringReport', {
    ...{ requestId, seqNo, tbc, generatedAt: at(second).toISOString(), monitor },
  });
const ended = (
  station: string,
  action: string,
  payload: Record<string, unknown>,
  response: unknown,
  second = 0,
  more: Partial<Command> = {},
) => {
  const time = at(second).toISOString();
  return monitors.onEnded(
    endedCommand({ ...ref(station), action, payload, response, createdAt: time, sentAt: time, endedAt: time, ...more }),
  );
};
const asked = (station: string, { requestId = 7, second = 0, criteria = {} } = {}) =>
  ended(station, 'GetMonitoringReport', { requestId, ...criteria }, { status: 'Accepted' }, second);
async function ids(station: string): Promise<number[]> {
  const list = service.service.storeOf(monitoring).list(ref(station));
  const { items } = await list.read({ filters: {}, sort: { by: 'id', descending: false }, limit: 5_000, after: null });
  return items.map(({ body }) => body.id);
}
const report = async (station: string) => (await monitors.show(ref(station))).report;

describe.each(['ocpp2.0.1', 'ocpp2.1'] as const)('%s: a report of monitors (N02)', (protocol) => {
  it('comes in parts in any order, each twice; once it is whole, monitors that it does not name are gone', async () => {
    const station = `parts ${protocol}`;
    await known(station);
    await part(station, 0, [reported(1), reported(2)], { requestId: 3, second: -50, protocol });
    await asked(station);
    for (const [seqNo, id] of [[2, 5], [0, 3], [0, 3]] as const) await part(station, seqNo, [reported(id)], { tbc: seqNo !== 2, protocol }); // prettier-ignore
    expect(await ids(station)).toEqual([1, 2, 3, 5]);
    expect(await report(station)).toMatchObject({ isOfAll: true, outcome: 'Accepted', completedAt: null, monitors: 2 });
    await part(station, 1, [reported(4), reported(3, 'Voltage')], { tbc: true, protocol });
    expect(await ids(station)).toEqual([3, 4, 5]);
    expect(await report(station)).toMatchObject({ completedAt: at(10).getTime(), monitors: 4 });
  });
});

describe('a report', () => {
  it('whose parts overtake the answer to its request is one of all monitors, too', async () => {
    await known('early');
    await part('early', 0, [reported(1)], { requestId: 1, second: -50 });
    await part('early', 0, [reported(2)], { second: 1 });
    expect(await ids('early')).toEqual([1, 2]);
    await asked('early');
    expect(await ids('early')).toEqual([2]);
  });

  it.each([[[0, 1, 2]], [[2, 0, 1]]])(
    'received by a gateway whose clock is behind, in the order %j, keeps what all of its parts name',
    async (order) => {
      const station = `behind ${order.join('')}`;
      await known(station);
      await part(station, 0, [reported(99)], { requestId: 1, second: -500 });
      await asked(station, { second: 0 });
      for (const [nth, seqNo] of order.entries())
        await part(station, seqNo, [reported(seqNo + 1)], { tbc: seqNo !== 2, second: -60 + nth });
      expect(await ids(station)).toEqual([1, 2, 3]);
      await part(station, 0, [reported(1)], { requestId: 8, second: 100, tbc: true });
      await part(station, 1, [reported(2)], { requestId: 8, second: 101 });
      await asked(station, { requestId: 8, second: 160 });
      expect(await ids(station)).toEqual([1, 2]);
    },
  );

  it.each([{ monitoringCriteria: ['DeltaMonitoring'] }, { componentVariable: [named('Power')] }])(
    'of some monitors %j removes none',
    async (criteria) => {
      const station = JSON.stringify(criteria);
      await known(station);
      await part(station, 0, [reported(1)], { requestId: 1, second: -50 });
      await asked(station, { criteria });
      await part(station, 0, [reported(2)]);
      expect(await ids(station)).toEqual([1, 2]);
    },
  );

  it('that is empty removes all, and one that nobody asked for none', async () => {
    await known('empty');
    await part('empty', 0, [reported(1)], { requestId: 1, second: -50 });
    await part('empty', 0, [reported(2)], { requestId: 2, second: -40 });
    expect(await ids('empty')).toEqual([1, 2]);
    await ended('empty', 'GetMonitoringReport', { requestId: 3 }, { status: 'EmptyResultSet' });
    expect(await ids('empty')).toEqual([]);
  });

  it('whose rest comes after an age is another one', async () => {
    await known('slow');
    await asked('slow');
    await part('slow', 1, [reported(1)]);
    await part('slow', 0, [reported(2)], { tbc: true, second: 11 + REPORT_TIMEOUT_MS / 1_000 });
    expect(await report('slow')).toMatchObject({ isOfAll: false, received: [[0, 0]], completedAt: null });
  });

  it(`has ${MAX_MONITORS} monitors of a station, and leaves out what cannot be kept`, async () => {
    await known('many');
    await part(
      'many',
      0,
      Array.from({ length: MAX_MONITORS + 20 }, (_, nth) => reported(nth + 1)),
    );
    await part('many', 1, [reported(-1), reported(2 ** 40), reported(1, 'x'.repeat(500)), reported(2, 'Changed')]);
    expect(await ids('many')).toHaveLength(MAX_MONITORS);
    const [row] = await service.database.query<{ variable: string }[]>(
      `SELECT variable FROM device_config.monitors WHERE station = 'many' AND id = 2`,
    );
    expect(row).toEqual({ variable: 'Changed' });
  });
});

describe('commands', () => {
  it('N04: monitors that the station accepts are kept with its ids, in whatever order it answers', async () => {
    await known('set');
    const data = (variable: string, type: string, more: object = {}) => ({ ...named(variable), type, value: 5, severity: 2, ...more });
    const result = (variable: string, type: string, status: string, id?: number) => ({ ...named(variable), type, status, severity: 2, id });
    await ended(
      'set',
      'SetVariableMonitoring',
      {
        setMonitoringData: [
          data('A', 'Delta'),
          data('B', 'Delta'),
          data('C', 'Periodic', { transaction: true }),
          data('A', 'Periodic', { id: 40 }),
        ],
      },
      {
        setMonitoringResult: [
          ...[result('C', 'Periodic', 'Accepted', 12), result('B', 'Delta', 'Rejected'), result('a', 'Delta', 'Accepted', 11)],
          ...[result('A', 'Periodic', 'Accepted', 40), result('Z', 'Delta', 'Accepted', 99)],
        ],
      },
    );
    expect(await ids('set')).toEqual([11, 12, 40]);
  });

  it('N06: a monitor that was cleared, or is not found, is gone; one that the station keeps stays; one of another station too', async () => {
    await Promise.all([known('clear'), known('other')]);
    for (const station of ['clear', 'other']) await part(station, 0, [reported(1), reported(2), reported(3)], { second: -5 });
    const results = [
      { id: 1, status: 'Accepted' },
      { id: 2, status: 'Rejected' },
      { id: 3, status: 'NotFound' },
      { id: 'x', status: 'Accepted' },
    ];
    await ended('clear', 'ClearVariableMonitoring', { id: [1, 2, 3] }, { clearMonitoringResult: results });
    expect([await ids('clear'), await ids('other')]).toEqual([[2], [1, 2, 3]]);
  });

  it('N03, N05: base and level are kept when the station accepts them; another base leaves the built-in monitors', async () => {
    await known('base');
    await part('base', 0, [reported(1, 'A', { eventNotificationType: 'HardWiredMonitor' }), reported(2)], { protocol: 'ocpp2.1' });
    await ended('base', 'SetMonitoringLevel', { severity: 4 }, { status: 'Accepted' });
    await ended('base', 'SetMonitoringLevel', { severity: 9 }, { status: 'Rejected' });
    await ended('base', 'SetMonitoringBase', { monitoringBase: 'All' }, { status: 'NotSupported' });
    expect(await ids('base')).toEqual([1, 2]);
    await ended('base', 'SetMonitoringBase', { monitoringBase: 'HardWiredOnly' }, { status: 'Accepted' });
    expect(await monitors.show(ref('base'))).toMatchObject({ base: 'HardWiredOnly', level: 4 });
    expect(await ids('base')).toEqual([1]);
  });

  it('a refresh asks for all monitors, and tells how it was answered', async () => {
    await known('ask');
    router.answer('GetMonitoringReport', () => ({ status: 'answered', response: { status: 'NotSupported' } }));
    clock = NOON;
    expect(await monitors.refresh(ref('ask'), 1)).toMatchObject({ report: { isOfAll: true, outcome: 'NotSupported' } });
    expect(router.payloadsOf('GetMonitoringReport')).toEqual([{ requestId: expect.any(Number) }]);
    await expect(monitors.refresh(ref('nobody'), 1)).rejects.toMatchObject({ code: 'unknown-station' });
  });
});
