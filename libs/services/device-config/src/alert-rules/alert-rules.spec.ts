import { DEVICE_EVENTS, alertSchema, type Alert } from '@voltbus/contracts';
import { startHttp, type HttpFixture } from '../testing/start-http';
import { deviceEvents } from '../device-events/block';
import { startService, type ServiceFixture } from '../testing/start-service';
import { AlertChecks } from './alert-checks';
import { alertRules } from './block';
import type { AlertRule } from './domain/alert-rule';
import { MAX_ALERTS_OF_RULE, MAX_RULES } from './limits';
import { provisioning } from '../provisioning/block';

const MINUTE = 60_000;
const DAY = 86_400_000;
const ref = (station: string) => ({ tenant: 'default', station });

describe('a rule', () => {
  let service: ServiceFixture;
  let checks: AlertChecks;
  let clock: number;
  beforeAll(async () => {
    service = await startService();
  });
  afterAll(() => service?.close());
  beforeEach(async () => {
    await service.database.query('DELETE FROM device_config.stations');
    await service.database.query('DELETE FROM device_config.alert_rules');
    await service.database.query('DELETE FROM device_config.outbox');
    clock = Date.now();
    const { rules, findings } = service.service.storeOf(alertRules);
    checks = new AlertChecks({ rules, findings, alerts: service.service.storeOf(deviceEvents), now: () => new Date(clock) });
  });

  const rule = (kind: AlertRule['kind'], more: Partial<AlertRule> = {}) => {
    const body = { description: null, enabled: true, minutes: 10, days: 3, usualSessions: 2, severity: 4, groups: [], kind, ...more };
    return service.service.storeOf(alertRules).rules.change('default', 'r', () => ({ ...body, rule: 'r' }));
  };
  const open = async () => {
    const list = service.service.storeOf(deviceEvents).listAlerts('default');
    const { items } = await list.read({
      filters: { open: true, rule: ['r'] },
      sort: { by: 'raisedAt', descending: false },
      limit: 100,
      after: null,
    });
    return items.map(({ station, evse }) => `${station} ${evse}`).sort();
  };
  const published = async () => {
    const rows: { headers: Record<string, string>; value: Buffer }[] = await service.database.query(
      'SELECT headers, value FROM device_config.outbox WHERE topic = $1 ORDER BY id',
      [DEVICE_EVENTS.name],
    );
    const alerts = rows.filter(({ headers }) => headers['ce_type']?.startsWith('voltbus.alert.'));
    for (const { value } of alerts) alertSchema.strict().parse(JSON.parse(value.toString('utf8')) as Alert);
    return alerts.map(({ headers }) => headers['ce_type']);
  };
  const later = (ms: number) => (clock += ms);
  const online = (station: string, isOnline: boolean, epoch: number) =>
    service.presence.writeMany([{ ...ref(station), protocol: 'ocpp1.6', epoch, online: isOnline, at: new Date(clock).toISOString() }]);
  const status = (station: string, value: string, connectorId = 1) =>
    service.send({ protocol: 'ocpp1.6', station, receivedAt: new Date(clock) }, 'StatusNotification', {
      ...{ connectorId, errorCode: value === 'Faulted' ? 'GroundFailure' : 'NoError', status: value },
    });

  it('about stations that are offline raises after its minutes, once, and clears when the station is back', async () => {
    for (const station of ['gone', 'there', 'never']) await service.stations.put(ref(station), {});
    await online('gone', false, 1);
    await online('there', true, 1);
    await rule('offline');
    later(9 * MINUTE);
    await checks.run();
    expect(await open()).toEqual([]);
    later(2 * MINUTE);
    await checks.run();
    await checks.run();
    expect(await open()).toEqual(['gone 0']);
    await online('gone', true, 2);
    await checks.run();
    expect(await open()).toEqual([]);
    expect(await published()).toEqual(['voltbus.alert.raised', 'voltbus.alert.cleared']);
  });

  it('about faults raises for each port, and is for the groups that it names', async () => {
    await service.stations.put(ref('A'), { group: 'Depot' });
    await service.stations.put(ref('B'), {});
    for (const station of ['A', 'B']) await status(station, 'Faulted', 2);
    await rule('fault', { groups: ['dEPOT'] });
    later(11 * MINUTE);
    await checks.run();
    expect(await open()).toEqual(['A 2']);
    await rule('fault');
    await checks.run();
    expect(await open()).toEqual(['A 2', 'B 2']);
    await status('A', 'Available', 2);
    await checks.run();
    expect(await open()).toEqual(['B 2']);
  });

  it('about faults raises where the station repeats the fault every minute, by the time since it is faulted', async () => {
    await service.stations.put(ref('repeats'), {});
    await service.stations.put(ref('2.x'), {});
    const problem = (minute: number) =>
      service.send({ protocol: 'ocpp2.1', station: '2.x', receivedAt: new Date(clock) }, 'NotifyEvent', {
        ...{ generatedAt: new Date(clock).toISOString(), seqNo: minute },
        eventData: [
          {
            ...{ eventId: minute, timestamp: new Date(clock).toISOString(), trigger: 'Periodic', actualValue: 'true' },
            ...{
              eventNotificationType: 'HardWiredNotification',
              component: { name: 'EVSE', evse: { id: 1 } },
              variable: { name: 'Problem' },
            },
          },
        ],
      });
    await rule('fault');
    for (let minute = 0; minute < 10; minute++) {
      await status('repeats', 'Faulted');
      await problem(minute);
      await checks.run();
      expect(await open()).toEqual([]);
      later(MINUTE);
    }
    await status('repeats', 'Faulted');
    await problem(10);
    later(1_000);
    await checks.run();
    expect(await open()).toEqual(['2.x 1', 'repeats 1']);
    await status('repeats', 'Available');
    await checks.run();
    await status('repeats', 'Faulted');
    await checks.run();
    expect(await open()).toEqual(['2.x 1']);
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
    await online('A', false, 1);
    await rule('offline', { groups: [named] });
    later(11 * MINUTE);
    await checks.run();
    expect(await open()).toEqual(isFound ? ['A 0'] : []);
  });

  it(`has at most ${MAX_ALERTS_OF_RULE} alerts open, and clears none of them because another station comes before it`, async () => {
    const offline = (prefix: string, count: number) =>
      service.database.query(
        `INSERT INTO device_config.stations (tenant, station, key_hashes, online, presence_epoch, last_seen_at)
         SELECT 'default', $1 || nth, '{}', false, 1, $3 FROM generate_series(1, $2::int) AS nth`,
        [prefix, count, new Date(clock)],
      );
    await offline('M', MAX_ALERTS_OF_RULE);
    await rule('offline');
    later(11 * MINUTE);
    await checks.run();
    await offline('A', 5);
    later(11 * MINUTE);
    await checks.run();
    const count = async (change: string) => (await published()).filter((type) => type === `voltbus.alert.${change}`).length;
    expect([await count('raised'), await count('cleared')]).toEqual([MAX_ALERTS_OF_RULE, 0]);
    await service.database.query("UPDATE device_config.stations SET online = true WHERE station IN ('M1', 'M2')");
    await checks.run();
    await checks.run();
    expect([await count('raised'), await count('cleared')]).toEqual([MAX_ALERTS_OF_RULE + 2, 2]);
  });

  it('about monitors raises for alerts of its severity or a worse one', async () => {
    await service.stations.put(ref('hot'), {});
    const eventData = [3, 5].map((severity) => ({
      ...{ eventId: severity, timestamp: new Date(clock).toISOString(), trigger: 'Alerting', actualValue: '90', severity },
      ...{ eventNotificationType: 'CustomMonitor', variableMonitoringId: severity },
      ...{ component: { name: 'EVSE', evse: { id: severity } }, variable: { name: 'Temperature' } },
    }));
    await service.send({ protocol: 'ocpp2.1', station: 'hot', receivedAt: new Date(clock) }, 'NotifyEvent', {
      generatedAt: new Date(clock).toISOString(),
      seqNo: 0,
      eventData,
    });
    await rule('monitor', { minutes: 0 });
    later(1_000);
    await checks.run();
    expect(await open()).toEqual(['hot 3']);
  });

  it('about sessions raises for a port that was used and is not any more', async () => {
    for (const station of ['busy', 'quiet', 'charging']) await service.stations.put(ref(station), {});
    clock -= 10 * DAY;
    const session = async (station: string) => {
      await status(station, 'Charging');
      later(MINUTE);
      await status(station, 'Available');
      later(MINUTE);
    };
    for (const station of ['busy', 'busy', 'charging', 'charging', 'quiet']) await session(station);
    await status('charging', 'Charging');
    await rule('no-session');
    later(2 * DAY);
    await checks.run();
    expect(await open()).toEqual([]);
    later(2 * DAY);
    await checks.run();
    expect(await open()).toEqual(['busy 1']);
    await session('busy');
    await checks.run();
    expect(await open()).toEqual([]);
  });

  it('about sessions counts one of 1.6 once, through whatever statuses it goes', async () => {
    await service.stations.put(ref('sixteen'), {});
    clock -= 10 * DAY;
    const session = async () => {
      for (const value of ['Preparing', 'Charging', 'SuspendedEV', 'Charging', 'Finishing', 'Available']) {
        await status('sixteen', value);
        later(MINUTE);
      }
    };
    await session();
    await rule('no-session');
    later(4 * DAY);
    await checks.run();
    expect(await open()).toEqual([]);
    clock -= 4 * DAY;
    await session();
    later(4 * DAY);
    await checks.run();
    expect(await open()).toEqual(['sixteen 1']);
  });

  it.each(['disabled', 'deleted', 'of another kind'])('that is %s clears its alerts', async (how) => {
    await service.stations.put(ref('gone'), {});
    await online('gone', false, 1);
    await rule('offline');
    later(11 * MINUTE);
    await checks.run();
    expect(await open()).toEqual(['gone 0']);
    if (how === 'disabled') await rule('offline', { enabled: false });
    else if (how === 'deleted') await service.service.storeOf(alertRules).rules.change('default', 'r', () => null);
    else await rule('fault');
    await checks.run();
    expect(await open()).toEqual([]);
  });

  it('that cannot be judged keeps its alerts, and holds up no other', async () => {
    await service.stations.put(ref('gone'), {});
    await online('gone', false, 1);
    await rule('offline');
    later(11 * MINUTE);
    await checks.run();
    const { rules, findings } = service.service.storeOf(alertRules);
    const alerts = service.service.storeOf(deviceEvents);
    const failing = new AlertChecks({
      ...{ rules, alerts, now: () => new Date(clock) },
      findings: {
        alone: (work) => work(),
        open: () => findings.open(),
        find: (tenant, one, now) => (one.rule === 'r' ? Promise.reject(new Error('too slow')) : findings.find(tenant, one, now)),
      },
    });
    for (const name of ['a', 'z'])
      await rules.change('default', name, (): AlertRule => ({ ...{ description: null, enabled: true, minutes: 1, days: 3, usualSessions: 2, severity: 4 }, groups: [], kind: 'offline', rule: name })); // prettier-ignore
    await expect(failing.run()).rejects.toThrow('too slow');
    expect(await published()).toEqual(['voltbus.alert.raised', 'voltbus.alert.raised', 'voltbus.alert.raised']);
    expect(await open()).toEqual(['gone 0']);
  });

  it('is judged by one process', async () => {
    await service.stations.put(ref('gone'), {});
    await online('gone', false, 1);
    await rule('offline');
    later(11 * MINUTE);
    await Promise.all([checks.run(), checks.run()]);
    expect(await published()).toEqual(['voltbus.alert.raised']);
  });
});

describe('/v1/alert-rules', () => {
  let http: HttpFixture;
  beforeAll(async () => {
    http = await startHttp();
  });
  afterAll(() => http?.close());

  it('are made, changed, listed and deleted', async () => {
    const made = await http.request('PUT', '/v1/alert-rules/down', { kind: 'offline', minutes: 30 });
    expect(made).toMatchObject({
      status: 201,
      body: { rule: 'down', enabled: true, kind: 'offline', minutes: 30, severity: 3, groups: [] },
    });
    expect(await http.request('PATCH', '/v1/alert-rules/down', { enabled: false })).toMatchObject({
      status: 200,
      body: { enabled: false, minutes: 30 },
    });
    expect((await http.request<{ items: object[] }>('GET', '/v1/alert-rules?kind=offline')).body.items).toHaveLength(1);
    expect((await http.request('DELETE', '/v1/alert-rules/down')).status).toBe(204);
    expect((await http.request('GET', '/v1/alert-rules/down')).status).toBe(404);
  });

  it.each([
    ['down', { kind: 'earthquake' }, 422],
    ['down', { kind: 'offline', minutes: -1 }, 422],
    ['down', { kind: 'offline', seconds: 1 }, 422],
    ['a b', { kind: 'offline' }, 422],
  ])('%s %j is refused', async (name, body, code) => {
    expect((await http.request('PUT', `/v1/alert-rules/${encodeURIComponent(name)}`, body)).status).toBe(code);
  });

  it(`are ${MAX_RULES} of a tenant`, async () => {
    for (let nth = 0; nth < MAX_RULES; nth++) await http.request('PUT', `/v1/alert-rules/r${nth}`, { kind: 'offline' });
    expect((await http.request('PUT', '/v1/alert-rules/one-more', { kind: 'offline' })).status).toBe(409);
    expect((await http.request('PUT', '/v1/alert-rules/r1', { kind: 'fault' })).status).toBe(200);
  });
});
