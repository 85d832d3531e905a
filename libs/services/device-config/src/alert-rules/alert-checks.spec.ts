import { deviceEvents } from '../device-events/block';
import type { ServiceFixture } from '../testing/start-service';
import { AlertChecks } from './alert-checks';
import { alertRules } from './block';
import { MAX_ALERTS_OF_RULE } from './limits';
import { JudgedStations, MINUTE, ref } from './testing/judged-stations';

describe('a rule', () => {
  let judged: JudgedStations;
  let service: ServiceFixture;
  beforeAll(async () => {
    judged = await JudgedStations.start();
    ({ service } = judged);
  });
  afterAll(() => judged?.close());
  beforeEach(() => judged.clear());

  it(`has at most ${MAX_ALERTS_OF_RULE} alerts open, and clears none of them because another station comes before it`, async () => {
    const offline = (prefix: string, count: number) =>
      service.database.query(
        `INSERT INTO device_config.stations (tenant, station, key_hashes, online, presence_epoch, last_seen_at)
         SELECT 'default', $1 || nth, '{}', false, 1, $3 FROM generate_series(1, $2::int) AS nth`,
        [prefix, count, judged.now()],
      );
    await offline('M', MAX_ALERTS_OF_RULE);
    await judged.rule('offline');
    judged.later(11 * MINUTE);
    await judged.checks.run();
    await offline('A', 5);
    judged.later(11 * MINUTE);
    await judged.checks.run();
    const count = async (change: string) => (await judged.published()).filter((type) => type === `voltbus.alert.${change}`).length;
    expect([await count('raised'), await count('cleared')]).toEqual([MAX_ALERTS_OF_RULE, 0]);
    await service.database.query("UPDATE device_config.stations SET online = true WHERE station IN ('M1', 'M2')");
    await judged.checks.run();
    await judged.checks.run();
    expect([await count('raised'), await count('cleared')]).toEqual([MAX_ALERTS_OF_RULE + 2, 2]);
  });

  it.each(['disabled', 'deleted', 'of another kind'])('that is %s clears its alerts', async (how) => {
    await service.stations.put(ref('gone'), {});
    await judged.online('gone', false, 1);
    await judged.rule('offline');
    judged.later(11 * MINUTE);
    await judged.checks.run();
    expect(await judged.open()).toEqual(['gone 0']);
    if (how === 'disabled') await judged.rule('offline', { enabled: false });
    else if (how === 'deleted') await service.service.storeOf(alertRules).rules.change('default', 'r', () => null);
    else await judged.rule('fault');
    await judged.checks.run();
    expect(await judged.open()).toEqual([]);
  });

  it('that cannot be judged keeps its alerts, and holds up no other', async () => {
    await service.stations.put(ref('gone'), {});
    await judged.online('gone', false, 1);
    await judged.rule('offline');
    judged.later(11 * MINUTE);
    await judged.checks.run();
    const { rules, findings } = service.service.storeOf(alertRules);
    const alerts = service.service.storeOf(deviceEvents);
    const failing = new AlertChecks({
      ...{ rules, alerts, now: judged.now },
      findings: {
        alone: (work) => work(),
        open: () => findings.open(),
        find: (tenant, one, now) => (one.rule === 'r' ? Promise.reject(new Error('too slow')) : findings.find(tenant, one, now)),
      },
    });
    for (const name of ['a', 'z']) await judged.rule('offline', { rule: name, minutes: 1 });
    await expect(failing.run()).rejects.toThrow('too slow');
    expect(await judged.published()).toEqual(['voltbus.alert.raised', 'voltbus.alert.raised', 'voltbus.alert.raised']);
    expect(await judged.open()).toEqual(['gone 0']);
  });

  it('is judged by one process', async () => {
    await service.stations.put(ref('gone'), {});
    await judged.online('gone', false, 1);
    await judged.rule('offline');
    judged.later(11 * MINUTE);
    await Promise.all([judged.checks.run(), judged.checks.run()]);
    expect(await judged.published()).toEqual(['voltbus.alert.raised']);
  });
});
