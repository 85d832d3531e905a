import { CONNECTIONS, SECURITY_EVENTS, securityEventSchema, type SecurityEvent } from '@voltbus/contracts';
import { LEAST_TAKE_OVERS } from '../identity-conflicts/domain/identity-conflict';
import { startService, type SentBy, type ServiceFixture } from '../testing/start-service';
import { ALLOWANCE } from './limits';

let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

const NOON = Date.UTC(2026, 5, 1, 12);
const at = (second: number) => new Date(NOON + second * 1_000).toISOString();
const action = 'SecurityEventNotification';

/** What is stored of a station, in its order. */
const stored = (station: string, tenant = 'default') =>
  service.database.query<(Omit<SecurityEvent, 'at'> & { at: Date })[]>(
    `SELECT id, source, type, severity, at, station_time AS "stationTime", info, address AS "remoteAddress"
     FROM device_config.security_events WHERE tenant = $1 AND station = $2 ORDER BY at, type`,
    [tenant, station],
  );
const published = async (station: string) => {
  const rows: { headers: Record<string, string>; value: Buffer }[] = await service.database.query(
    'SELECT headers, value FROM device_config.outbox WHERE topic = $1 AND key = $2 ORDER BY id',
    [SECURITY_EVENTS.name, `default/${station}`],
  );
  return rows.map(({ headers, value }) => ({
    type: headers['ce_type'],
    id: headers['ce_id'],
    value: securityEventSchema.strict().parse(JSON.parse(value.toString('utf8'))),
  }));
};
const known = (station: string) => service.stations.put({ tenant: 'default', station }, {});
const report = (station: SentBy, type: unknown, rest: object = {}) =>
  service.send({ receivedAt: new Date(NOON), ...station }, action, { type, timestamp: at(-5), ...rest });

describe('a security event that a station reports (A04.FR.03, 1.6 security whitepaper)', () => {
  it.each(['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'] as const)('%s: is stored, answered and published', async (protocol) => {
    await known(protocol);
    const answer = await report({ protocol, station: protocol }, 'TamperDetectionActivated', { techInfo: 'door open' });
    expect(answer.payload).toEqual({});
    const [row, ...others] = await stored(protocol);
    expect(others).toEqual([]);
    expect(row).toMatchObject({ source: 'station', type: 'TamperDetectionActivated', severity: 'critical', info: 'door open' });
    expect([row?.at.toISOString(), row?.stationTime, row?.remoteAddress]).toEqual([at(0), new Date(at(-5)), null]);
    expect(await published(protocol)).toEqual([
      {
        type: 'voltbus.security-event.recorded',
        id: row?.id,
        value: expect.objectContaining({ station: protocol, type: 'TamperDetectionActivated', at: at(0), stationTime: at(-5) }),
      },
    ]);
  });

  it('is stored and published once, however often it is delivered', async () => {
    await known('again');
    const store = service.table.ocpp2[action];
    if (store?.shape !== 'batch') throw new Error('not stored in batches');
    const seen = jest.spyOn(store, 'store');
    await report({ protocol: 'ocpp2.0.1', station: 'again' }, 'MemoryExhaustion');
    const [batch = []] = seen.mock.calls[0] ?? [];
    await store.store([...batch, ...batch]);
    seen.mockRestore();
    expect(await stored('again')).toHaveLength(1);
    expect(service.metrics.total('security_events_total', { type: 'MemoryExhaustion', severity: 'warning' })).toBe(1);
    expect(await published('again')).toHaveLength(1);
  });

  /** As the appendix of 2.0.1 lists them; the severities are ours, of the reference page. */
  it.each([
    ['SecurityLogWasCleared', 'SecurityLogWasCleared', 'critical'],
    [' securitylogwascleared', 'SecurityLogWasCleared', 'critical'],
    ['InvalidFirmwareSignature', 'InvalidFirmwareSignature', 'critical'],
    ['MaintenanceLoginFailed', 'MaintenanceLoginFailed', 'warning'],
    ['StartupOfTheDevice', 'StartupOfTheDevice', 'info'],
    ['VendorSaysSo', 'VendorSaysSo', 'warning'],
    ['toString', 'toString', 'warning'],
    [`x${'y'.repeat(300)}`, `x${'y'.repeat(49)}`, 'warning'],
    ['a\u0000b\ud800c', 'a\ufffdb\ufffdc', 'warning'],
    [`${'x'.repeat(49)}\u{1f512}`, `${'x'.repeat(49)}\ufffd`, 'warning'],
  ])('of type %j is kept as %j and is %s', async (type, kept, severity) => {
    const station = `type-${Buffer.from(type).toString('hex').slice(0, 20)}`;
    await known(station);
    await report({ protocol: 'ocpp2.0.1', station }, type, { techInfo: 'z'.repeat(9_000) });
    const [row] = await stored(station);
    expect(row).toMatchObject({ type: kept, severity, info: 'z'.repeat(255) });
  });

  it.each(['1970-01-01T00:00:00Z', 'soon', '9999999-01-01', undefined])(
    'at %j by its own clock has no time of the station',
    async (timestamp) => {
      const station = `clock-${String(timestamp)}`;
      await known(station);
      await report({ protocol: 'ocpp1.6', station }, 'ResetOrReboot', { timestamp });
      expect(await stored(station)).toMatchObject([{ at: new Date(NOON), stationTime: null, info: null }]);
    },
  );

  it('is kept without the secret in it', async () => {
    await known('leaky');
    const secret = 'S3cretOfAStation42';
    await report({ protocol: 'ocpp2.0.1', station: 'leaky' }, 'InvalidMessages', { techInfo: `Authorization: Bearer ${secret}` });
    await report({ protocol: 'ocpp2.0.1', station: 'leaky' }, `password=${secret}`);
    await report({ protocol: 'ocpp1.6', station: 'leaky' }, 'InvalidMessages', { techInfo: `Authorization:\tBearer\t${secret}` });
    const shown = JSON.stringify([await stored('leaky'), await published('leaky')]);
    expect(shown).toContain('[redacted]');
    expect(shown).not.toContain(secret);
  });

  it('without a type is stored as received', async () => {
    await known('untyped');
    for (const type of [undefined, ' ']) expect((await report({ protocol: 'ocpp2.0.1', station: 'untyped' }, type)).payload).toEqual({});
    expect(await stored('untyped')).toEqual([]);
    const messages = await service.database.query(`SELECT action FROM device_config.messages WHERE station = 'untyped'`);
    expect(messages).toEqual([{ action }, { action }]);
  });

  it('is kept so often of one station; beyond, it is answered and counted, and the events of others are kept', async () => {
    await Promise.all([known('noisy'), known('quiet')]);
    const noise = {
      station: { protocol: 'ocpp2.0.1' as const, station: 'noisy', receivedAt: new Date(NOON) },
      action,
      payload: { type: 'X', timestamp: at(0) },
    };
    const before = service.metrics.total('device_config_anomalies_total', { kind: 'message-not-kept' });
    await service.sendMany(Array.from({ length: ALLOWANCE.burst + 7 }, () => noise));
    expect(await stored('noisy')).toHaveLength(ALLOWANCE.burst);
    expect(service.metrics.total('device_config_anomalies_total', { kind: 'message-not-kept' }) - before).toBe(7);
    await report({ protocol: 'ocpp2.0.1', station: 'quiet' }, 'X');
    expect(await stored('quiet')).toHaveLength(1);
  });
});

describe('a security event that the CSMS sees', () => {
  const refuse = (station: string | null, reason: string, second: number, tenant: string | null = 'default') =>
    service.deliver(CONNECTIONS.events.refused, [{ tenant, station, reason, remoteAddress: '192.0.2.7', at: at(second) }]);

  it('is a refused password of a station that exists: one an hour, with the address', async () => {
    await known('guessed');
    for (const second of [0, 1, 1, 3_599, 3_600]) await refuse('guessed', 'wrong-credentials', second);
    await refuse('guessed', 'unknown-station', 4_000);
    await refuse('guessed', 'toString', 4_000);
    expect(await stored('guessed')).toMatchObject([
      { source: 'csms', type: 'wrong-credentials', severity: 'warning', at: new Date(at(0)), remoteAddress: '192.0.2.7' },
      { source: 'csms', type: 'wrong-credentials', severity: 'warning', at: new Date(at(3_600)), remoteAddress: '192.0.2.7' },
    ]);
    expect(await published('guessed')).toHaveLength(2);
    expect(service.metrics.total('security_events_total', { type: 'wrong-credentials', severity: 'warning' })).toBe(2);
  });

  it.each([
    ['needs-tls', 'warning'],
    ['needs-certificate', 'warning'],
    ['certificate-expired', 'warning'],
    ['certificate-revoked', 'critical'],
    ['certificate-other-organization', 'critical'],
  ])('is a connection that was refused for %s, which is %s', async (reason, severity) => {
    await known(reason);
    await refuse(reason, reason, 0);
    expect(await stored(reason)).toMatchObject([{ source: 'csms', type: reason, severity }]);
  });

  it('is nothing about stations or tenants that do not exist', async () => {
    await refuse('invented', 'wrong-credentials', 0);
    await refuse(null, 'wrong-credentials', 0, null);
    await refuse('guessed', 'wrong-credentials', 9_000, 'nobody');
    expect([...(await stored('invented')), ...(await stored('guessed', 'nobody'))]).toEqual([]);
  });

  it('is an identity conflict, which is critical', async () => {
    await known('twins');
    const start = Date.now() - 60_000;
    const events = Array.from({ length: LEAST_TAKE_OVERS + 1 }, (_, index) => ({
      ...{ tenant: 'default', station: 'twins', protocol: 'ocpp1.6', gateway: 'gw', reason: 'connected', epoch: index + 1 },
      ...{ remoteAddress: `192.0.2.${index % 2}`, tookOver: index > 0, at: new Date(start + index * 1_000).toISOString() },
    }));
    for (let delivery = 0; delivery < 2; delivery++) await service.deliver(CONNECTIONS.events.connected, events);
    expect(await stored('twins')).toMatchObject([
      {
        source: 'csms',
        type: 'identity-conflict',
        severity: 'critical',
        info: expect.stringMatching(/from 192\.0\.2\.[01], 192\.0\.2\.[01]$/),
      },
    ]);
  });
});

it('outlives its station, and goes with its tenant', async () => {
  await service.tenants.put({ ...(await tenant()), tenant: 'acme', name: 'acme' }, new Date());
  const ref = { tenant: 'acme', station: 'CS-1' };
  await service.stations.put(ref, {});
  await report({ protocol: 'ocpp1.6', ...ref }, 'SecurityLogWasCleared');
  await service.stations.forget(ref);
  expect(await stored('CS-1', 'acme')).toHaveLength(1);
  await service.tenants.forget('acme', new Date());
  expect(await stored('CS-1', 'acme')).toEqual([]);
});

async function tenant() {
  const found = await service.tenants.find('default');
  if (found === null) throw new Error('no tenant');
  return found;
}
