import { COMMANDS, type CommandRequest, type StationRef } from '@voltbus/contracts';
import { endedCommand } from '../testing/fake-commands';
import { startService, type ServiceFixture } from '../testing/start-service';
import { MAX_TRIES, SETTLE_MS } from './limits';

const AT_ONCE = 3;
let service: ServiceFixture;
let sent: CommandRequest[];
beforeAll(async () => {
  service = await startService({ VOLTBUS_REPORTS_AT_ONCE: String(AT_ONCE) });
  await service.bus.follow({
    name: 'router',
    topic: COMMANDS,
    handle: ({ value }) => void sent.push(JSON.parse(value.toString()) as CommandRequest),
  });
});
beforeEach(async () => {
  sent = [];
  await service.database.query('UPDATE device_config.stations SET report_due = false');
  await service.database.query(`UPDATE device_config.device_reports SET completed_at = now()`);
});
afterAll(() => service?.close());

const ref = (station: string): StationRef => ({ tenant: 'default', station });
/** Boots happened before now, long enough that the station has settled. */
const booted = new Date(Date.now() - SETTLE_MS - 1_000);
let epoch = 1;

async function boot(
  station: string,
  firmwareVersion: string | null,
  protocol: 'ocpp1.6' | 'ocpp2.0.1' = 'ocpp2.0.1',
  receivedAt = booted,
): Promise<void> {
  if ((await service.directory.find(ref(station))) === null) await service.stations.put(ref(station), {});
  const firmware = firmwareVersion === null ? {} : { firmwareVersion };
  const payload =
    protocol === 'ocpp1.6'
      ? { chargePointVendor: 'V', chargePointModel: 'M', ...firmware }
      : { reason: 'PowerUp', chargingStation: { model: 'M', vendorName: 'V', ...firmware } };
  await service.send({ protocol, station, epoch: ++epoch, receivedAt }, 'BootNotification', payload);
}

async function sweep(): Promise<string[]> {
  const before = sent.length;
  await service.deviceModel.requests.sweep();
  return sent.slice(before).map(({ station }) => station);
}

function end(
  request: CommandRequest | undefined,
  status: 'answered' | 'offline',
  response: object | null = { status: 'Accepted' },
): Promise<void> {
  if (request === undefined) throw new Error('nothing was requested');
  const { id, tenant, station, action, payload } = request;
  return service.deviceModel.results.onEnded(endedCommand({ id, tenant, station, action, payload, status, response }));
}
const backThen = () =>
  service.database.query('UPDATE device_config.stations SET report_next_at = booted_at WHERE report_next_at IS NOT NULL');

describe('a full report is requested', () => {
  it('B07.FR.14 after a boot with a firmware that is unknown or another one, once', async () => {
    await boot('once', '1.0');
    expect(await sweep()).toEqual(['once']);
    expect(sent).toMatchObject([{ action: 'GetBaseReport', payload: { reportBase: 'FullInventory' }, priority: 8 }]);
    await end(sent[0], 'answered');
    await boot('once', '1.0');
    expect(await sweep()).toEqual([]);
    await boot('once', '1.1');
    expect(await sweep()).toEqual(['once']);
  });

  it('also of a station that does not tell its firmware, and in 1.6 by a GetConfiguration of all keys', async () => {
    await boot('nameless', null, 'ocpp1.6');
    expect(await sweep()).toEqual(['nameless']);
    expect(sent).toMatchObject([{ action: 'GetConfiguration', payload: {} }]);
    await end(sent[0], 'answered', { configurationKey: [{ key: 'HeartbeatInterval', readonly: false, value: '300' }] });
    await boot('nameless', null, 'ocpp1.6');
    expect(await sweep()).toEqual([]);
  });

  it('not of a station that is pending, has just booted, or was deleted', async () => {
    await boot('fresh', '1.0', 'ocpp2.0.1', new Date());
    await boot('pending', '1.0');
    await boot('gone', '1.0');
    await service.stations.put(ref('pending'), { registration: 'pending' });
    await service.stations.forget(ref('gone'));
    expect(await sweep()).toEqual([]);
  });

  it(`of ${AT_ONCE} stations at once; of a further one when one of them is through`, async () => {
    for (let nth = 0; nth < AT_ONCE + 2; nth++) await boot(`crowd-${nth}`, '1.0');
    const first = await sweep();
    expect(first).toHaveLength(AT_ONCE);
    expect(await sweep()).toEqual([]);
    await end(sent[0], 'answered', { status: 'NotSupported' });
    const { requestId } = sent[1]?.payload as { requestId: number };
    const part = { requestId, seqNo: 0, generatedAt: new Date().toISOString(), reportData: [] };
    await service.send({ protocol: 'ocpp2.0.1', station: sent[1]?.station ?? '' }, 'NotifyReport', part);
    const more = await sweep();
    expect([...first, ...more].sort()).toEqual(Array.from({ length: AT_ONCE + 2 }, (_, nth) => `crowd-${nth}`));
  });

  it(`again where the request did not reach the station, ${MAX_TRIES} times in all`, async () => {
    await boot('away', '1.0');
    for (let nth = 0; nth < MAX_TRIES + 2; nth++) {
      if ((await sweep()).length === 0) break;
      await end(sent.at(-1), 'offline', null);
      expect(await sweep()).toEqual([]); // not at once
      await backThen();
    }
    expect(sent).toHaveLength(MAX_TRIES);
    await boot('away', '1.1');
    expect(await sweep()).toEqual(['away']);
  });

  it(`${MAX_TRIES} times in all also of a station that answers the requests of others meanwhile`, async () => {
    await boot('partly', '1.0', 'ocpp1.6');
    for (let nth = 0; nth < MAX_TRIES + 2; nth++) {
      if ((await sweep()).length === 0) break;
      await end(sent.at(-1), 'offline', null);
      const response = { configurationKey: [{ key: 'HeartbeatInterval', readonly: false, value: '300' }] };
      const read = { ...ref('partly'), action: 'GetConfiguration', payload: { key: ['HeartbeatInterval'] }, response };
      await service.deviceModel.results.onEnded(endedCommand(read));
      await backThen();
    }
    expect(sent).toHaveLength(MAX_TRIES);
  });

  it('by one process only, when several look at once', async () => {
    await boot('twice', '1.0');
    await Promise.all([service.deviceModel.requests.sweep(), service.deviceModel.requests.sweep()]);
    expect(sent).toHaveLength(1);
  });
});
