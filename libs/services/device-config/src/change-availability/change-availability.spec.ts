import type { CommandRequest, Protocol } from '@voltbus/contracts';
import { FakeCommands, endedCommand } from '../testing/fake-commands';
import { startService, type ServiceFixture } from '../testing/start-service';
import { AvailabilitySweep } from './availability-sweep';
import { changeAvailability } from './block';
import { ChangeAvailability, type RequestedChange } from './change-availability';
import { AT_ONCE, BELIEVED_MS, MAX_PLACES, MAX_TRIES, RETRY_MS, SETTLE_MS } from './limits';

let service: ServiceFixture;
let router: FakeCommands;
let sent: CommandRequest[];
let clock: number;
let changes: ChangeAvailability;
let sweeps: AvailabilitySweep;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service?.close());
beforeEach(async () => {
  await service.database.query('DELETE FROM device_config.stations');
  router = new FakeCommands();
  sent = [];
  clock = Date.now();
  const [store, now] = [service.service.storeOf(changeAvailability), () => new Date(clock)];
  changes = new ChangeAvailability({ store, commands: router, now });
  sweeps = new AvailabilitySweep({ store, sendCommand: (request) => Promise.resolve(void sent.push(request)), now });
});

const ref = (station: string) => ({ tenant: 'default', station });
let epoch = 0;

/** Boots, and settles. */
async function boot(station: string, protocol: Protocol = 'ocpp2.0.1'): Promise<void> {
  if ((await service.directory.find(ref(station))) === null) await service.stations.put(ref(station), {});
  const payload =
    protocol === 'ocpp1.6' ? { chargePointVendor: 'V', chargePointModel: 'M' } : { chargingStation: { model: 'M', vendorName: 'V' } };
  await service.send({ protocol, station, epoch: ++epoch, receivedAt: new Date(clock) }, 'BootNotification', payload);
  await connect(station, protocol, true);
  clock += SETTLE_MS + 1_000;
}
function connect(station: string, protocol: Protocol, online: boolean): Promise<void> {
  return service.presence.writeMany([{ ...ref(station), protocol, epoch: ++epoch, online, at: new Date(clock).toISOString() }]);
}
/** Reports a state, and lets it be believed. */
async function report(station: string, connectorStatus: string, [evseId, connectorId] = [1, 1]): Promise<void> {
  clock += 1_000;
  const payload = { evseId, connectorId, connectorStatus, timestamp: new Date(clock).toISOString() };
  await service.send({ protocol: 'ocpp2.0.1', station, epoch, receivedAt: new Date(clock) }, 'StatusNotification', payload);
  clock += BELIEVED_MS;
}
const answers = (status: string) => router.answer('ChangeAvailability', () => ({ status: 'answered', response: { status } }));
const want = (station: string, change: Partial<RequestedChange> = {}) =>
  changes.change(ref(station), { evse: 1, connector: 1, availability: 'Inoperative', reason: null, changedBy: 'key', ...change }, 1_000);
const states = async (station: string) =>
  (await changes.show(ref(station))).wanted.map(({ evse, connector, availability, state }) => [evse, connector, availability, state]);
/** What a look sends, answered so. */
async function sweep(status: string | null = 'Accepted'): Promise<unknown[]> {
  await sweeps.run();
  const requests = sent.splice(0);
  for (const { id, tenant, station, action, payload } of requests) {
    const end = { createdAt: new Date(clock).toISOString(), sentAt: new Date(clock).toISOString(), endedAt: new Date(clock).toISOString() };
    const outcome = status === null ? { status: 'offline' as const } : { response: { status } };
    await changes.onEnded(endedCommand({ id, tenant, station, action, payload, ...end, ...outcome }));
  }
  return requests.map(({ payload }) => payload);
}

describe.each<[Protocol, Partial<RequestedChange>, object]>([
  ['ocpp1.6', { evse: 0, connector: 0 }, { connectorId: 0, type: 'Inoperative' }],
  ['ocpp1.6', { evse: 2, connector: 0 }, { connectorId: 2, type: 'Inoperative' }],
  ['ocpp1.6', { evse: 2, connector: 1 }, { connectorId: 2, type: 'Inoperative' }],
  ['ocpp2.0.1', { evse: 0, connector: 0 }, { operationalStatus: 'Inoperative' }],
  ['ocpp2.0.1', { evse: 2, connector: 0 }, { operationalStatus: 'Inoperative', evse: { id: 2 } }],
  ['ocpp2.1', { evse: 2, connector: 3 }, { operationalStatus: 'Inoperative', evse: { id: 2, connectorId: 3 } }],
])('%s %j', (protocol, place, payload) => {
  it.each([
    ['Accepted', 'accepted'],
    ['Scheduled', 'scheduled'],
    ['Rejected', 'rejected'],
  ])('G03, G04: is sent, and its answer %s is kept', async (answer, state) => {
    await boot('CS-1', protocol);
    answers(answer);
    await want('CS-1', place);
    expect(router.payloadsOf('ChangeAvailability')).toEqual([payload]);
    expect((await states('CS-1')).map((one) => one[3])).toEqual([state]);
    expect(await sweep()).toEqual([]);
  });
});

describe('what is wanted', () => {
  it('of a station that is offline is sent when it is back', async () => {
    await boot('away');
    await connect('away', 'ocpp2.0.1', false);
    await want('away');
    expect(await states('away')).toEqual([[1, 1, 'Inoperative', 'waiting']]);
    clock += RETRY_MS + 1;
    expect(await sweep()).toEqual([]);
    await connect('away', 'ocpp2.0.1', true);
    expect(await sweep()).toEqual([{ operationalStatus: 'Inoperative', evse: { id: 1, connectorId: 1 } }]);
    expect(await states('away')).toEqual([[1, 1, 'Inoperative', 'accepted']]);
  });

  it('of a station that never connected is sent in the version that it turns out to speak', async () => {
    await service.stations.put(ref('new'), {});
    await want('new', { evse: 2, connector: 0 });
    expect(await states('new')).toEqual([[2, 0, 'Inoperative', 'waiting']]);
    await boot('new', 'ocpp1.6');
    expect(await sweep()).toEqual([{ connectorId: 2, type: 'Inoperative' }]);
    expect(await states('new')).toEqual([[2, 1, 'Inoperative', 'accepted']]);
  });

  it('G03.FR.08 is sent again where the station has lost it at a reboot', async () => {
    await boot('loses');
    answers('Accepted');
    await want('loses');
    await report('loses', 'Unavailable');
    expect(await sweep()).toEqual([]);
    await boot('loses');
    await report('loses', 'Available');
    expect(await sweep()).toHaveLength(1);
    await report('loses', 'Unavailable');
    expect(await sweep()).toEqual([]);
  });

  it('is sent again without a reboot, once what the station reports can be believed', async () => {
    await boot('forgets');
    answers('Accepted');
    await want('forgets');
    await report('forgets', 'Available');
    clock -= 1_000;
    expect(await sweep()).toEqual([]);
    clock += 1_000;
    expect(await sweep()).toHaveLength(1);
  });

  it.each([
    ['Faulted', 'Inoperative', 0],
    ['Reserved', 'Inoperative', 1],
    ['Unavailable', 'Operative', 1],
    ['Occupied', 'Operative', 0],
  ] as const)('and a station that reports %s where it shall be %s', async (reported, availability, times) => {
    await boot('CS-1');
    answers('Accepted');
    await want('CS-1', { availability });
    await report('CS-1', reported);
    expect(await sweep()).toHaveLength(times);
  });

  it('G03.FR.05 and is scheduled waits for the end of the session, and is sent again where the station forgets it then', async () => {
    await boot('busy');
    answers('Scheduled');
    await want('busy', { connector: 0 });
    await report('busy', 'Occupied');
    expect(await sweep()).toEqual([]);
    await report('busy', 'Available');
    expect(await sweep()).toEqual([{ operationalStatus: 'Inoperative', evse: { id: 1 } }]);
  });

  it('G03.FR.07 of a connector is not sent again while its station is meant to be out of service', async () => {
    await boot('levels');
    answers('Accepted');
    await want('levels', { availability: 'Operative' });
    await want('levels', { evse: 0, connector: 0 });
    await report('levels', 'Unavailable');
    expect(await sweep()).toEqual([]);
  });

  it(`is sent ${MAX_TRIES} times to no effect, with pauses, and again after the next boot`, async () => {
    await boot('stubborn');
    answers('Accepted');
    await want('stubborn');
    let times = 1;
    for (let nth = 0; nth < MAX_TRIES + 3; nth++) {
      await report('stubborn', 'Available');
      times += (await sweep()).length;
      expect(await sweep()).toEqual([]);
      clock += RETRY_MS * MAX_TRIES;
    }
    expect(times).toBe(MAX_TRIES);
    expect(await states('stubborn')).toEqual([[1, 1, 'Inoperative', 'failed']]);
    await boot('stubborn');
    expect(await sweep()).toHaveLength(1);
  });

  it('and does not reach the station is sent until it does: that is no try', async () => {
    await boot('flaps');
    await connect('flaps', 'ocpp2.0.1', false);
    await want('flaps');
    for (let nth = 0; nth < 2 * MAX_TRIES; nth++) {
      await connect('flaps', 'ocpp2.0.1', true);
      clock += RETRY_MS + 1;
      expect(await sweep(null)).toHaveLength(1);
      expect(await states('flaps')).toEqual([[1, 1, 'Inoperative', 'waiting']]);
    }
    clock += RETRY_MS + 1;
    expect(await sweep()).toHaveLength(1);
    expect(await states('flaps')).toEqual([[1, 1, 'Inoperative', 'accepted']]);
  });

  it('is sent again where the station repeats every few seconds what it should not report', async () => {
    await boot('repeats');
    answers('Accepted');
    await want('repeats');
    for (let second = 0; second < BELIEVED_MS / 1_000 + 15; second += 5) {
      await report('repeats', 'Available');
      clock += 4_000 - BELIEVED_MS;
    }
    expect(await sweep()).toHaveLength(1);
  });

  it('of one station waits for no others, however many do not keep to what they have accepted', async () => {
    await service.database.query(
      `INSERT INTO device_config.stations (tenant, station, key_hashes, online, protocol, presence_epoch)
       SELECT 'default', 'A' || nth, '{}', true, 'ocpp2.0.1', 1 FROM generate_series(1, $1::int) AS nth`,
      [3 * AT_ONCE],
    );
    await service.database.query(
      `INSERT INTO device_config.wanted_availability (tenant, station, evse, connector, availability, changed_by, changed_at, state, sent_at, answered_at, tries)
       SELECT tenant, station, 1, 1, 'Inoperative', 'key', now() - interval '1 day', 'failed', now() - interval '1 day', now() - interval '1 day', 3
       FROM device_config.stations`,
    );
    await service.database.query(
      `INSERT INTO device_config.connectors (tenant, station, evse, connector, status, changed_at, received_at, epoch)
       SELECT tenant, station, 1, 1, 'Available', now(), now(), 1 FROM device_config.stations`,
    );
    await service.stations.put(ref('B'), {});
    await want('B', { connector: 0 });
    await boot('B');
    expect(await sweep()).toHaveLength(1);
    expect(await states('B')).toEqual([[1, 0, 'Inoperative', 'accepted']]);
  });

  it('is not sent by two processes', async () => {
    await service.stations.put(ref('twice'), {});
    await want('twice');
    await boot('twice');
    await Promise.all([sweeps.run(), sweeps.run()]);
    expect(sent).toHaveLength(1);
  });

  it('1.6 section 5.2: of connector 0 takes the place of what was wanted of each connector', async () => {
    await boot('zero', 'ocpp1.6');
    answers('Accepted');
    await want('zero', { evse: 1 });
    await want('zero', { evse: 2 });
    await want('zero', { evse: 0, connector: 0, availability: 'Operative' });
    expect(await states('zero')).toEqual([[0, 0, 'Operative', 'accepted']]);
  });

  it(`is of ${MAX_PLACES} places of a station`, async () => {
    await service.stations.put(ref('many'), {});
    for (let evse = 1; evse <= MAX_PLACES; evse++) await want('many', { evse });
    await expect(want('many', { evse: MAX_PLACES + 1 })).rejects.toMatchObject({ code: 'conflict' });
    await want('many', { evse: 1, availability: 'Operative' });
    expect(await states('many')).toHaveLength(MAX_PLACES);
  });
});

describe('an operator’s own ChangeAvailability', () => {
  const own = (payload: Record<string, unknown>, status: string, createdAt = clock) => {
    const at = {
      createdAt: new Date(createdAt).toISOString(),
      sentAt: new Date(createdAt).toISOString(),
      endedAt: new Date(createdAt).toISOString(),
    };
    return changes.onEnded(endedCommand({ ...ref('CS-1'), action: 'ChangeAvailability', payload, response: { status }, ...at }));
  };
  it('is what is wanted from then on, unless something else was wanted meanwhile', async () => {
    await boot('CS-1');
    answers('Accepted');
    await want('CS-1');
    await own({ operationalStatus: 'Operative', evse: { id: 1, connectorId: 1 } }, 'Accepted', clock - 60_000);
    expect(await states('CS-1')).toEqual([[1, 1, 'Inoperative', 'accepted']]);
    await own({ operationalStatus: 'Operative', evse: { id: 1, connectorId: 1 } }, 'Accepted', clock + 1);
    expect(await states('CS-1')).toEqual([[1, 1, 'Operative', 'accepted']]);
  });

  it('that was rejected, or says nothing that can be read, changes nothing', async () => {
    await boot('CS-1');
    await own({ operationalStatus: 'Inoperative' }, 'Rejected');
    await own({ operationalStatus: 'Broken' }, 'Accepted');
    await own({ operationalStatus: 'Inoperative', evse: { id: 'one' } }, 'Accepted');
    for (const number of [2 ** 31, 2 ** 40, -1, 1.5]) {
      await own({ type: 'Inoperative', connectorId: number }, 'Accepted');
      await own({ operationalStatus: 'Inoperative', evse: { id: number } }, 'Accepted');
      await own({ operationalStatus: 'Inoperative', evse: { id: 1, connectorId: number } }, 'Accepted');
    }
    expect(await states('CS-1')).toEqual([]);
  });
});
