import type { Command, Protocol } from '@voltbus/contracts';
import { checkRequest } from '@voltbus/ocpp';
import { listed } from '@voltbus/testing';
import { MAX_COST_UPDATES } from './cost-updates';
import { priceEventsOf, tariff } from '../prices/testing/price-events';
import { COST_MS, startService, type ServiceFixture } from '../testing/service-fixture';

let service: ServiceFixture;
let neighbours: ReturnType<typeof priceEventsOf>;
/** When the session began; our clock follows the story. */
const BEGIN = Date.now();
const at = (minutes: number) => new Date(BEGIN + minutes * 60_000);
const minute = (minutes: number) => void (service.clock.at = () => at(minutes));

beforeAll(async () => {
  service = await startService();
  neighbours = priceEventsOf(service);
  await neighbours.terms('default');
  await neighbours.price(
    'default',
    tariff('day', '0', { perMinute: '0.10', perIdleMinute: '0.10', idleGraceMinutes: 0, fixed: '0', taxPercent: '0' }),
  );
});
afterAll(() => service?.close());
beforeEach(async () => {
  service.sent.length = 0;
  await service.database.query('TRUNCATE transactions.transactions, transactions.events');
});

interface Story {
  protocol?: Protocol;
  tenant?: string;
  /** How much the station's clock is ahead, minutes. */
  ahead?: number;
}
const event = async (
  station: string,
  eventType: string,
  seqNo: number,
  minutes: number,
  { protocol = 'ocpp2.0.1', tenant = 'default', ahead = 0 }: Story = {},
) => {
  const answer = await service.receive({ protocol, station, tenant, receivedAt: at(minutes) }, 'TransactionEvent', {
    eventType,
    seqNo,
    timestamp: at(minutes + ahead).toISOString(),
    triggerReason: 'Trigger',
    transactionInfo: { transactionId: `T-${station}`, chargingState: 'Charging' },
  });
  // what is written with the time of the database is moved into the story
  await service.database.query('UPDATE transactions.transactions SET heard_at = $1 WHERE station = $2', [at(minutes), station]);
  return answer;
};
const sent = () => service.sent.map(({ station, action, payload }) => [station, action, payload['totalCost']]);
const ended = (station: string, more: Partial<Command>) =>
  service.costUpdates.onAnswered({
    ...{
      id: '',
      tenant: 'default',
      station,
      action: 'CostUpdated',
      payload: { totalCost: 1, transactionId: `T-${station}` },
      response: null,
    },
    ...{ status: 'answered', error: null, createdAt: '', sentAt: null, endedAt: null },
    ...more,
  });
const connection = (station: string, epoch: number) =>
  ({ tenant: 'default', station, protocol: 'ocpp2.0.1', gateway: 'gw', epoch, at: at(0).toISOString(), reason: 'connected' }) as const;

describe('a station that does not report for a while', () => {
  it.each<Protocol>(['ocpp2.0.1', 'ocpp2.1'])(
    'I02 %s is sent what its session costs, once an interval, when that has changed',
    async (protocol) => {
      await event('quiet', 'Started', 0, 0, { protocol });
      minute(COST_MS / 60_000 - 0.1);
      expect(await service.costUpdates.sweep()).toBe(0); // the answer told it
      minute(10);
      expect(await service.costUpdates.sweep()).toBe(1);
      expect(service.sent[0]).toMatchObject({
        tenant: 'default',
        station: 'quiet',
        action: 'CostUpdated',
        payload: { totalCost: 1, transactionId: 'T-quiet' },
      });
      expect(checkRequest(protocol, 'CostUpdated', service.sent[0]?.payload, 'strict')).toMatchObject({ ok: true });
      await service.costUpdates.sweep();
      expect(sent()).toHaveLength(1);
      minute(20);
      await service.costUpdates.sweep();
      expect(sent()).toEqual([
        ['quiet', 'CostUpdated', 1],
        ['quiet', 'CostUpdated', 2],
      ]);
    },
  );

  it('is sent nothing while the amount stays the same', async () => {
    await neighbours.terms('flat', { defaultTariff: 'flat' });
    await neighbours.price('flat', tariff('flat', '1', { fixed: '3', perIdleMinute: '0' }));
    await event('flat', 'Started', 0, 0, { tenant: 'flat' });
    for (const minutes of [5, 10, 15]) {
      minute(minutes);
      await service.costUpdates.sweep();
    }
    expect(sent()).toEqual([['flat', 'CostUpdated', 3.6]]);
  });

  it('is reckoned by its own clock', async () => {
    await event('ahead', 'Started', 0, 0, { ahead: 30 });
    minute(10);
    await service.costUpdates.sweep();
    expect(sent()).toEqual([['ahead', 'CostUpdated', 1]]);
  });

  it('gets the cost in the answer to its next report, and waits a whole interval again', async () => {
    await event('back', 'Started', 0, 0);
    expect(await event('back', 'Updated', 1, 10)).toEqual({ totalCost: 1 });
    minute(10.5);
    expect(await service.costUpdates.sweep()).toBe(0);
  });

  it('is left alone where the tenant does not show costs, in 1.6, and after the end', async () => {
    await neighbours.terms('hides', { showCost: false });
    await event('hides', 'Started', 0, 0, { tenant: 'hides' });
    await service.receive({ protocol: 'ocpp1.6', station: 'old', receivedAt: at(0) }, 'StartTransaction', {
      connectorId: 1,
      idTag: 'TAG',
      meterStart: 0,
      timestamp: at(0).toISOString(),
    });
    await service.database.query('UPDATE transactions.transactions SET heard_at = $1', [at(0)]);
    await event('over', 'Started', 0, 0);
    await event('over', 'Ended', 1, 5);
    minute(30);
    expect(await service.costUpdates.sweep()).toBe(0);
    expect(sent()).toEqual([]);
  });

  it('E16.FR.11 is sent what its session costs where it must end it by that, though its tenant shows nobody', async () => {
    await neighbours.terms('hides', { showCost: false, defaultTariff: 'day' });
    await neighbours.price(
      'hides',
      tariff('day', '0', { perMinute: '0.10', perIdleMinute: '0.10', idleGraceMinutes: 0, fixed: '0', taxPercent: '0' }),
    );
    for (const [station, limit] of [
      ['limited', { maxCost: '5.00' }],
      ['otherwise', { maxSeconds: 3_600 }],
    ] as const) {
      await event(station, 'Started', 0, 0, { tenant: 'hides', protocol: 'ocpp2.1' });
      const [{ id } = { id: '' }] = await listed(service.views.list('hides'), { station: [station] }, 'startedAt');
      await service.database.transaction((manager) => service.limitStore.set(manager, 'hides', id, limit, true));
    }
    minute(10);
    await service.costUpdates.sweep();
    expect(sent()).toEqual([['limited', 'CostUpdated', 1]]);
  });

  it('is left alone while it is known to be away; the end of an old connection does not make it so', async () => {
    await event('away', 'Started', 0, 0);
    await service.presence.onConnected([connection('away', 2)]);
    await service.presence.onDisconnected([connection('away', 2)]);
    await service.presence.onConnected([connection('away', 1)]); // told late
    minute(10);
    expect(await service.costUpdates.sweep()).toBe(0);
    await service.presence.onConnected([connection('away', 3)]);
    await service.presence.onDisconnected([connection('away', 2)]);
    expect(await service.costUpdates.sweep()).toBe(1);
  });

  it('is left alone by the newest of connections that come together, in whatever order, with those of other stations', async () => {
    await event('together', 'Started', 0, 0);
    await service.presence.onConnected([
      connection('together', 2),
      connection('beside', 7),
      connection('together', 4),
      connection('together', 3),
    ]);
    minute(10);
    await service.presence.onDisconnected([connection('together', 3), connection('together', 2)]); // both are old
    expect(await service.costUpdates.sweep()).toBe(1);
    minute(20);
    await service.presence.onDisconnected([connection('together', 4), connection('together', 3)]);
    expect(await service.costUpdates.sweep()).toBe(0);
  });

  it.each(['NotImplemented', 'NotSupported'])('is sent nothing more when it answers %s', async (code) => {
    await event(code, 'Started', 0, 0);
    minute(10);
    expect(await service.costUpdates.sweep()).toBe(1);
    await ended(code, { status: 'error', error: { code, description: '' } });
    minute(60);
    expect(await service.costUpdates.sweep()).toBe(0);
  });

  it.each(['offline', 'expired', 'unknown', 'busy'] as const)(
    'is sent the same amount again when it did not arrive (%s)',
    async (status) => {
      await neighbours.terms('again', { defaultTariff: 'again' });
      await neighbours.price('again', tariff('again', '1', { fixed: '1', perIdleMinute: '0', taxPercent: '0' }));
      await event(status, 'Started', 0, 0, { tenant: 'again' });
      minute(10);
      await service.costUpdates.sweep();
      await ended(status, { tenant: 'again', status });
      minute(20);
      await service.costUpdates.sweep();
      expect(sent()).toEqual([
        [status, 'CostUpdated', 1],
        [status, 'CostUpdated', 1],
      ]);
    },
  );

  it('is sent it again when the bus took nothing', async () => {
    await event('bus', 'Started', 0, 0);
    minute(10);
    service.sendingFails = true;
    await expect(service.costUpdates.sweep()).rejects.toThrow('away');
    service.sendingFails = false;
    minute(20);
    await service.costUpdates.sweep();
    expect(sent()).toEqual([['bus', 'CostUpdated', 2]]);
  });
});

it(`sends ${MAX_COST_UPDATES} in one sweep and the rest in the next, each once, though two processes sweep`, async () => {
  for (let index = 0; index < MAX_COST_UPDATES + 20; index++) await event(`many-${index}`, 'Started', 0, 0);
  minute(10);
  const counts = await Promise.all([service.costUpdates.sweep(), service.costUpdates.sweep()]);
  const rest = await service.costUpdates.sweep();
  expect(counts[0] + counts[1] + rest).toBe(MAX_COST_UPDATES + 20);
  expect(Math.max(...counts)).toBe(MAX_COST_UPDATES);
  expect(new Set(service.sent.map(({ station }) => station)).size).toBe(MAX_COST_UPDATES + 20);
});
