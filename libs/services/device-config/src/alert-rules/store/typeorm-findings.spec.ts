import { provisioning } from '../../provisioning/block';
import type { ServiceFixture } from '../../testing/start-service';
import { DAY, JudgedStations, MINUTE, ref } from '../testing/judged-stations';

describe('a rule', () => {
  let judged: JudgedStations;
  let service: ServiceFixture;
  beforeAll(async () => {
    judged = await JudgedStations.start();
    ({ service } = judged);
  });
  afterAll(() => judged?.close());
  beforeEach(() => judged.clear());

  it('about stations that are offline raises after its minutes, once, and clears when the station is back', async () => {
    for (const station of ['gone', 'there', 'never']) await service.stations.put(ref(station), {});
    await judged.online('gone', false, 1);
    await judged.online('there', true, 1);
    await judged.rule('offline');
    judged.later(9 * MINUTE);
    await judged.checks.run();
    expect(await judged.open()).toEqual([]);
    judged.later(2 * MINUTE);
    await judged.checks.run();
    await judged.checks.run();
    expect(await judged.open()).toEqual(['gone 0']);
    await judged.online('gone', true, 2);
    await judged.checks.run();
    expect(await judged.open()).toEqual([]);
    expect(await judged.published()).toEqual(['voltbus.alert.raised', 'voltbus.alert.cleared']);
  });

  it('about faults raises for each port, and is for the groups that it names', async () => {
    await service.stations.put(ref('A'), { group: 'Depot' });
    await service.stations.put(ref('B'), {});
    for (const station of ['A', 'B']) await judged.status(station, 'Faulted', 2);
    await judged.rule('fault', { groups: ['dEPOT'] });
    judged.later(11 * MINUTE);
    await judged.checks.run();
    expect(await judged.open()).toEqual(['A 2']);
    await judged.rule('fault');
    await judged.checks.run();
    expect(await judged.open()).toEqual(['A 2', 'B 2']);
    await judged.status('A', 'Available', 2);
    await judged.checks.run();
    expect(await judged.open()).toEqual(['B 2']);
  });

  it('about faults raises where the station repeats the fault every minute, by the time since it is faulted', async () => {
    await service.stations.put(ref('repeats'), {});
    await service.stations.put(ref('2.x'), {});
    const problem = (minute: number) =>
      service.send({ protocol: 'ocpp2.1', station: '2.x', receivedAt: judged.now() }, 'NotifyEvent', {
        ...{ generatedAt: judged.now().toISOString(), seqNo: minute },
        eventData: [
          {
            ...{ eventId: minute, timestamp: judged.now().toISOString(), trigger: 'Periodic', actualValue: 'true' },
            ...{
              eventNotificationType: 'HardWiredNotification',
              component: { name: 'EVSE', evse: { id: 1 } },
              variable: { name: 'Problem' },
            },
          },
        ],
      });
    await judged.rule('fault');
    for (let minute = 0; minute < 10; minute++) {
      await judged.status('repeats', 'Faulted');
      await problem(minute);
      await judged.checks.run();
      expect(await judged.open()).toEqual([]);
      judged.later(MINUTE);
    }
    await judged.status('repeats', 'Faulted');
    await problem(10);
    judged.later(1_000);
    await judged.checks.run();
    expect(await judged.open()).toEqual(['2.x 1', 'repeats 1']);
    await judged.status('repeats', 'Available');
    await judged.checks.run();
    await judged.status('repeats', 'Faulted');
    await judged.checks.run();
    expect(await judged.open()).toEqual(['2.x 1']);
  });

  it.each([
    ['Straße', 'STRASSE', true],
    ['Ärger', 'ärger', true],
    ['ΣΊΣΥΦΟΣ', 'σίσυφος', true],
    ['Depot', 'depots', false],
    ['İ', 'i', false],
  ])('is for the group %s where it names %s: %s, as lists and keys that are limited to groups have it', async (group, named, isFound) => {
    await service.stations.put(ref('A'), { group });
    expect((await service.service.use(provisioning).groups.stationsIn('default', [named], 9)).length > 0).toBe(isFound);
    await judged.online('A', false, 1);
    await judged.rule('offline', { groups: [named] });
    judged.later(11 * MINUTE);
    await judged.checks.run();
    expect(await judged.open()).toEqual(isFound ? ['A 0'] : []);
  });

  it('about monitors raises for alerts of its severity or a worse one', async () => {
    await service.stations.put(ref('hot'), {});
    const eventData = [3, 5].map((severity) => ({
      ...{ eventId: severity, timestamp: judged.now().toISOString(), trigger: 'Alerting', actualValue: '90', severity },
      ...{ eventNotificationType: 'CustomMonitor', variableMonitoringId: severity },
      ...{ component: { name: 'EVSE', evse: { id: severity } }, variable: { name: 'Temperature' } },
    }));
    await service.send({ protocol: 'ocpp2.1', station: 'hot', receivedAt: judged.now() }, 'NotifyEvent', {
      generatedAt: judged.now().toISOString(),
      seqNo: 0,
      eventData,
    });
    await judged.rule('monitor', { minutes: 0 });
    judged.later(1_000);
    await judged.checks.run();
    expect(await judged.open()).toEqual(['hot 3']);
  });

  it('about sessions raises for a port that was used and is not any more', async () => {
    for (const station of ['busy', 'quiet', 'charging']) await service.stations.put(ref(station), {});
    judged.clock -= 10 * DAY;
    const session = async (station: string) => {
      await judged.status(station, 'Charging');
      judged.later(MINUTE);
      await judged.status(station, 'Available');
      judged.later(MINUTE);
    };
    for (const station of ['busy', 'busy', 'charging', 'charging', 'quiet']) await session(station);
    await judged.status('charging', 'Charging');
    await judged.rule('no-session');
    judged.later(2 * DAY);
    await judged.checks.run();
    expect(await judged.open()).toEqual([]);
    judged.later(2 * DAY);
    await judged.checks.run();
    expect(await judged.open()).toEqual(['busy 1']);
    await session('busy');
    await judged.checks.run();
    expect(await judged.open()).toEqual([]);
  });

  it('about sessions believes the connector that was used of late, and the history where the connector does not know', async () => {
    const session = async (station: string) => {
      for (const value of ['Charging', 'Available']) {
        await judged.status(station, value);
        judged.later(MINUTE);
      }
    };
    for (const station of ['beyond', 'late', 'never']) await service.stations.put(ref(station), {});
    judged.clock -= 10 * DAY;
    for (const station of ['beyond', 'beyond', 'late', 'late', 'never', 'never']) await session(station);
    judged.later(9 * DAY);
    const yesterday = judged.now();
    for (const station of ['beyond', 'late']) await session(station);
    // the reports of one were too many for its history, and those of the other came late
    await service.database.query("DELETE FROM device_config.status_history WHERE station = 'beyond' AND at >= $1", [yesterday]);
    await service.database.query("UPDATE device_config.connectors SET used_at = NULL WHERE station = 'late'");
    await judged.rule('no-session');
    await judged.checks.run();
    expect(await judged.open()).toEqual(['never 1']);
  });

  it('about sessions counts one of 1.6 once, through whatever statuses it goes', async () => {
    await service.stations.put(ref('sixteen'), {});
    judged.clock -= 10 * DAY;
    const session = async () => {
      for (const value of ['Preparing', 'Charging', 'SuspendedEV', 'Charging', 'Finishing', 'Available']) {
        await judged.status('sixteen', value);
        judged.later(MINUTE);
      }
    };
    await session();
    await judged.rule('no-session');
    judged.later(4 * DAY);
    await judged.checks.run();
    expect(await judged.open()).toEqual([]);
    judged.clock -= 4 * DAY;
    await session();
    judged.later(4 * DAY);
    await judged.checks.run();
    expect(await judged.open()).toEqual(['sixteen 1']);
  });
});
