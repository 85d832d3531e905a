import { randomUUID } from 'node:crypto';
import { PRICES, STATIONS, type Command, type Protocol } from '@voltbus/contracts';
import { checkResponse } from '@voltbus/ocpp';
import type { CommandToSend } from '@voltbus/service';
import { priceEventsOf, tariff } from './testing/price-events';
import { tariffType } from './ocpp2/tariff';
import { startService, type ServiceFixture } from '../testing/service-fixture';
import { DefaultTariffs } from './default-tariffs';

let service: ServiceFixture;
const DAY = tariff('day', '0.50');
const FLEET = tariff('fleet', '0.30');

beforeAll(async () => {
  service = await startService();
  const { terms, price, deliver } = priceEventsOf(service);
  for (const tenant of ['default', 'hides']) {
    await terms(tenant, { showCost: tenant === 'default' });
    await price(tenant, DAY);
    await price(tenant, FLEET);
    await deliver(PRICES.events.changed, tenant, { kind: 'token-group', name: 'FLEET', value: 'fleet' });
    const token = { type: 'ISO14443', status: 'Accepted', expiresAt: null, concurrent: true } as const;
    await service.tokenStore.put(tenant, { ...token, idToken: 'DRIVER', groupId: 'Fleet' });
    await service.tokenStore.put(tenant, { ...token, idToken: 'BLOCKED', groupId: 'Fleet', status: 'Blocked' });
    await service.tokenStore.put(tenant, { ...token, idToken: 'GUEST', groupId: 'Guests' });
  }
  await deliver(PRICES.events.changed, 'default', { kind: 'station-group', name: 'DEPOT', value: 'fleet' });
  await deliver(STATIONS.events.grouped, 'default', { tenant: 'default', station: 'depot', group: 'depot' }, { station: 'depot' });
  await terms('free', { defaultTariff: null });
});
afterAll(() => service?.close());

const authorized = async (idToken: string, { protocol = 'ocpp2.1', tenant = 'default' }: { protocol?: Protocol; tenant?: string } = {}) => {
  const answer = await service.receive({ protocol, tenant, station: 'CS-1' }, 'Authorize', { idToken: { idToken, type: 'ISO14443' } });
  expect(checkResponse(protocol, 'Authorize', answer, 'strict')).toMatchObject({ ok: true });
  return answer['tariff'] ?? null;
};

describe('what a driver pays', () => {
  it('I08.FR.01 is in the answer about his token, where his group has a price of its own', async () => {
    expect(await authorized('DRIVER')).toEqual(tariffType(FLEET));
    expect(await authorized('GUEST')).toBeNull();
  });

  it('is not sent in other versions, nor for tenants that do not show it, nor for refused tokens', async () => {
    expect(await authorized('DRIVER', { protocol: 'ocpp2.0.1' })).toBeNull();
    expect(await authorized('DRIVER', { tenant: 'hides' })).toBeNull();
    expect(await authorized('BLOCKED')).toBeNull();
  });

  it('never stands in the way of an answer', async () => {
    const broken = jest.spyOn(service.prices, 'of').mockImplementation(() => {
      throw new Error('broken');
    });
    expect(await authorized('DRIVER')).toBeNull();
    broken.mockRestore();
  });
});

describe('the tariff of a station', () => {
  const tariffs = (protocol: Protocol | null) => {
    const sentCommands: CommandToSend[] = [];
    const sendCommand = (command: CommandToSend) =>
      Promise.resolve(void sentCommands.push(command)).then(() => ({ id: randomUUID() }) as Command);
    const find = () => Promise.resolve(protocol === null ? null : { inst: 'gw', bucket: 0, epoch: 1, protocol, lastSeenAt: 0 });
    const now = () => new Date();
    return {
      wished: sentCommands,
      desk: new DefaultTariffs({ commands: { sendCommand }, connections: { find }, prices: service.prices, now }),
    };
  };
  const ref = (station: string, tenant = 'default') => ({ tenant, station });

  it.each([
    ['CS-1', DAY],
    ['depot', FLEET],
  ])('I07 is sent to %s for all its EVSEs: what everybody pays there', async (station, expected) => {
    const { wished: sentCommands, desk } = tariffs('ocpp2.1');
    await desk.send(ref(station), 'api');
    expect(sentCommands).toEqual([
      { ref: ref(station), action: 'SetDefaultTariff', payload: { evseId: 0, tariff: tariffType(expected) }, requestedBy: 'api' },
    ]);
  });

  it.each<[Protocol | null, string, RegExp]>([
    [null, 'default', /not connected/],
    ['ocpp1.6', 'default', /no tariffs/],
    ['ocpp2.0.1', 'default', /no tariffs/],
    ['ocpp2.1', 'free', /no tariff applies/],
  ])('is not sent to a station that speaks %s, of the tenant %s', async (protocol, tenant, why) => {
    const { wished: sentCommands, desk } = tariffs(protocol);
    await expect(desk.send(ref('CS-1', tenant), 'api')).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(why) as string,
    });
    expect(sentCommands).toEqual([]);
  });
});

it('I12 stores the cost that a station of 2.1 calculates itself, the latest by its sequence number', async () => {
  const send = async (eventType: string, seqNo: number, more: object) =>
    service.receive({ protocol: 'ocpp2.1', station: 'reckons' }, 'TransactionEvent', {
      ...{ eventType, seqNo, timestamp: new Date(Date.now() - 60_000 + seqNo).toISOString(), triggerReason: 'Trigger' },
      ...{ transactionInfo: { transactionId: 'T' }, ...more },
    });
  const details = (inclTax: number, more: object = {}) => ({
    costDetails: {
      totalCost: { currency: 'EUR', typeOfCost: 'NormalCost', total: { inclTax } },
      totalUsage: { energy: 1, chargingTime: 2, idleTime: 3 },
      ...more,
    },
  });
  await send('Started', 0, {});
  const id = (await service.transactionsOf('reckons'))[0]?.id ?? '';
  expect(await service.views.stationCost('default', id)).toBeNull();
  await send('Ended', 2, details(2.4, { failureToCalculate: true, failureReason: 'no tariff' }));
  await send('Updated', 1, details(1.2)); // late
  expect(await service.views.stationCost('default', id)).toMatchObject(
    details(2.4, { failureToCalculate: true, failureReason: 'no tariff' }),
  );
  expect(await service.views.stationCost('other', id)).toBeNull();
});
