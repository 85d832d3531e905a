import type { Command, CommandRequest, Protocol } from '@voltbus/contracts';
import { silentLogger } from '@voltbus/testing';
import { deviceModel } from '../device-model';
import { stationRequests } from '../station-requests/block';
import { MAX_OPEN, SETTLE_MS } from '../station-requests/limits';
import { RequestTelemetry } from '../station-requests/request-telemetry';
import { StationRequests } from '../station-requests/station-requests';
import { endedCommand } from '../testing/fake-commands';
import { startService, type ServiceFixture } from '../testing/start-service';
import { resets as block } from './block';
import { CONFIRM_MS, IDLE_LOOK_MS } from './limits';
import { Resets } from './resets';
import { resetRules } from './rules';

let service: ServiceFixture;
let resets: Resets;
let requests: StationRequests;
let clock = Date.now();
let sent: CommandRequest[] = [];
beforeAll(async () => {
  service = await startService();
  const now = () => new Date(clock);
  requests = new StationRequests({
    ...{ store: service.service.use(stationRequests).store, rules: resetRules, now },
    telemetry: new RequestTelemetry(silentLogger, service.metrics),
    sendCommand: (request) => Promise.resolve(void sent.push(request)),
  });
  const { evses } = service.service.use(block);
  resets = new Resets({ requests, evses, variables: service.service.use(deviceModel).store, now });
});
afterAll(() => service?.close());
beforeEach(() => void (sent = []));

const ref = (station: string) => ({ tenant: 'default', station });
const WANTED = { type: 'Immediate', evse: null, runHours: 24, waitHours: 1, replace: false } as const;
const ask = (station: string, wanted: Partial<Parameters<Resets['request']>[1]> = {}) =>
  resets.request(ref(station), { ...WANTED, ...wanted }, 'spec');
let epoch = 1_000;

/** The station boots for a reason, by the clock of the spec. */
async function boot(station: string, protocol: Protocol, reason = 'PowerUp'): Promise<void> {
  clock += 1_000;
  const of2 = { reason, chargingStation: { vendorName: 'V', model: 'M' } };
  const payload = protocol === 'ocpp1.6' ? { chargePointVendor: 'V', chargePointModel: 'M' } : of2;
  await service.send({ protocol, station, epoch: ++epoch, receivedAt: new Date(clock) }, 'BootNotification', payload);
}
let count = 0;
async function connected(protocol: Protocol = 'ocpp2.0.1'): Promise<string> {
  const station = `r-${++count}`;
  await service.stations.put(ref(station), {});
  await boot(station, protocol);
  await service.database.query('UPDATE device_config.stations SET online = true, protocol = $2 WHERE station = $1', [station, protocol]);
  clock += SETTLE_MS + 1_000;
  return station;
}
async function status(station: string, connectorStatus: string, evse = 1): Promise<void> {
  clock += 1_000;
  const receivedAt = new Date(clock);
  const payload = { timestamp: receivedAt.toISOString(), connectorStatus, evseId: evse, connectorId: 1 };
  await service.send({ protocol: 'ocpp2.0.1', station, epoch, receivedAt }, 'StatusNotification', payload);
}
const status16 = (station: string, state: string) =>
  service.send({ protocol: 'ocpp1.6', station, epoch, receivedAt: new Date(++clock) }, 'StatusNotification', {
    ...{ connectorId: 1, errorCode: 'NoError', status: state },
  });
async function answer(outcome: Partial<Command>, request = sent.at(-1)): Promise<void> {
  if (request === undefined) throw new Error('nothing was sent');
  clock += 100;
  for (let twice = 0; twice < 2; twice++) await requests.onEnded(endedCommand({ ...request, ...outcome }));
}
const accepts = (how = 'Accepted') => answer({ response: { status: how } });
async function outcome(id: string) {
  await resets.sweep();
  const { state, reason, body } = await resets.find('default', id);
  return [state, reason, body['bootReason']];
}

describe('a reset', () => {
  it.each([
    ['ocpp1.6', 'Immediate', null, { type: 'Soft' }],
    ['ocpp1.6', 'OnIdle', null, { type: 'Soft' }],
    ['ocpp1.6', 'Hard', null, { type: 'Hard' }],
    ['ocpp2.0.1', 'OnIdle', null, { type: 'OnIdle' }],
    ['ocpp2.0.1', 'Immediate', 2, { type: 'Immediate', evseId: 2 }],
    ['ocpp2.1', 'ImmediateAndResume', 2, { type: 'ImmediateAndResume', evseId: 2 }],
  ] as const)('of %s, %s of EVSE %s is sent as %j', async (protocol, type, evse, payload) => {
    await ask(await connected(protocol), { type, evse });
    expect(sent).toMatchObject([{ action: 'Reset', payload }]);
  });

  it.each([
    ['ocpp1.6', 'ImmediateAndResume', null],
    ['ocpp1.6', 'Immediate', 1],
    ['ocpp2.0.1', 'ImmediateAndResume', null],
    ['ocpp2.1', 'Hard', null],
  ] as const)('that %s does not have is refused: %s of EVSE %s', async (protocol, type, evse) => {
    await expect(ask(await connected(protocol), { type, evse })).rejects.toMatchObject({ code: 'conflict' });
    expect(sent).toEqual([]);
  });

  it('B11.FR.10 B12.FR.09 of an EVSE whose AllowReset is false is refused, and of any other is sent', async () => {
    const station = await connected();
    const item = (id: number, value: string) => ({
      ...{ component: { name: 'EVSE', evse: { id } }, variable: { name: 'AllowReset' } },
      variableAttribute: [{ value, mutability: 'ReadOnly' }],
    });
    const report = { requestId: 1, seqNo: 0, generatedAt: new Date(clock).toISOString(), reportData: [item(1, 'False'), item(2, 'true')] };
    await service.send({ protocol: 'ocpp2.0.1', station }, 'NotifyReport', report);
    await expect(ask(station, { evse: 1 })).rejects.toThrow('AllowReset');
    await ask(station, { evse: 2 });
    expect(sent).toHaveLength(1);
  });

  it('B11 ends with the boot of its station, whose reason it shows; the boot that was asked for is none', async () => {
    const station = await connected();
    const { id } = await ask(station);
    await accepts();
    await boot(station, 'ocpp2.0.1', 'Triggered');
    expect(await outcome(id)).toEqual(['accepted', null, null]);
    await boot(station, 'ocpp2.0.1', 'RemoteReset');
    await boot(station, 'ocpp2.0.1', 'Triggered'); // before anybody looked
    expect(await outcome(id)).toEqual(['succeeded', null, 'RemoteReset']);
  });

  it('B12.FR.01 waits for the hours that it was given where the station schedules it, and for minutes where it does not', async () => {
    const [later, now] = [await connected(), await connected()];
    const scheduled = await ask(later, { runHours: 3 });
    await accepts('Scheduled');
    const immediate = await ask(now);
    await accepts();
    clock += CONFIRM_MS;
    expect(await outcome(immediate.id)).toEqual(['failed', 'timed-out', null]);
    expect(await outcome(scheduled.id)).toEqual(['accepted', null, null]);
    expect((await resets.find('default', scheduled.id)).body).toMatchObject({ scheduled: true });
    clock += 3 * 3_600_000;
    expect(await outcome(scheduled.id)).toEqual(['failed', 'timed-out', null]);
    await boot(later, 'ocpp2.0.1', 'ScheduledReset'); // it came later
    expect(await outcome(scheduled.id)).toEqual(['succeeded', null, 'ScheduledReset']);
  });

  it('counts a boot more than a lost answer, and no boot of another reason for one that was not accepted', async () => {
    const station = await connected();
    const { id } = await ask(station);
    await answer({ status: 'unknown' });
    await boot(station, 'ocpp2.0.1', 'Watchdog');
    expect((await outcome(id))[0]).toBe('sent');
    await boot(station, 'ocpp2.0.1', 'RemoteReset');
    expect(await outcome(id)).toEqual(['succeeded', null, 'RemoteReset']);
  });

  it.each([
    [{ response: { status: 'Rejected' } }, 'rejected'],
    [{ status: 'error', error: { code: 'NotSupported', description: '', details: {} } }, 'not-supported'],
  ] as const)('has failed where the station refuses it: %j', async (how, reason) => {
    const { id } = await ask(await connected());
    await answer(how as unknown as Partial<Command>);
    expect(await outcome(id)).toEqual(['failed', reason, null]);
  });

  it('B11.FR.08 of an EVSE ends when it was unavailable and is something else again, whatever the others report', async () => {
    const station = await connected('ocpp2.1');
    await status(station, 'Available');
    const { id } = await ask(station, { evse: 1, type: 'ImmediateAndResume' });
    await status(station, 'Unavailable'); // the answer is heard of later
    await accepts();
    expect((await outcome(id))[0]).toBe('running');
    for (const each of ['Unavailable', 'Available']) await status(station, each, 2);
    await status(station, 'Unavailable');
    expect((await outcome(id))[0]).toBe('running');
    await status(station, 'Occupied');
    expect(await outcome(id)).toEqual(['succeeded', null, null]);
  });

  it('of an EVSE is not ended by a vehicle that comes or goes, and ends with a boot of the station too', async () => {
    const station = await connected();
    const { id } = await ask(station, { evse: 1, type: 'OnIdle' });
    await accepts('Scheduled');
    for (const each of ['Occupied', 'Available']) await status(station, each);
    expect((await outcome(id))[0]).toBe('accepted');
    await boot(station, 'ocpp2.0.1', 'PowerUp');
    expect(await outcome(id)).toEqual(['succeeded', null, 'PowerUp']);
  });

  it('1.6 5.14 OnIdle waits here until no connector reports a session, and ends with the boot, which has no reason', async () => {
    const station = await connected('ocpp1.6');
    await status16(station, 'Charging');
    const { id } = await ask(station, { type: 'OnIdle' });
    clock += IDLE_LOOK_MS;
    expect((await outcome(id))[0]).toBe('waiting');
    expect(sent).toEqual([]);
    await status16(station, 'Finishing');
    clock += IDLE_LOOK_MS;
    await outcome(id);
    expect(sent).toMatchObject([{ payload: { type: 'Soft' } }]);
    await accepts();
    await boot(station, 'ocpp1.6');
    expect(await outcome(id)).toEqual(['succeeded', null, null]);
  });

  it('waits for a station that is away, is cancelled before it was sent, and is sent once whichever step a process dies in', async () => {
    const station = await connected();
    const online = (is: boolean) =>
      service.database.query('UPDATE device_config.stations SET online = $2 WHERE station = $1', [station, is]);
    await online(false);
    const { id } = await ask(station);
    expect(sent).toEqual([]);
    expect((await resets.cancel('default', id)).state).toBe('cancelled');
    const next = await ask(station);
    await online(true);
    for (let look = 0; look < 2; look++) await outcome(next.id);
    expect(sent).toHaveLength(1);
    await expect(resets.cancel('default', next.id)).rejects.toMatchObject({ code: 'too-late' });
    await expect(resets.find('other', next.id)).rejects.toMatchObject({ code: 'not-found' });
  });

  it(`is a conflict while another one has not ended, and beyond ${MAX_OPEN} of them in any case`, async () => {
    const station = await connected();
    await ask(station);
    await expect(ask(station)).rejects.toMatchObject({ code: 'conflict' });
    for (let more = 1; more < MAX_OPEN; more++) await ask(station, { replace: true });
    await expect(ask(station, { replace: true })).rejects.toMatchObject({ code: 'conflict' });
    await expect(ask('nobody')).rejects.toMatchObject({ code: 'unknown-station' });
  });
});
