import type { Command, CommandRequest, Protocol } from '@voltbus/contracts';
import { checkRequest } from '@voltbus/ocpp';
import { free, price, termsOf } from '@voltbus/pricing';
import { priceEventsOf, tariff } from '../prices/testing/price-events';
import { commandEnd, startService, type SendingStation, type ServiceFixture } from '../testing/service-fixture';
import { COST_VENDOR } from './domain/cost-message';
import { TypeormCostMessages } from './store/typeorm-cost-messages';

let service: ServiceFixture;
const BEGIN = Date.now() - 3_600_000;
const when = (minute: number) => new Date(BEGIN + minute * 60_000);
beforeAll(async () => {
  service = await startService();
  const { terms, price: priced } = priceEventsOf(service);
  const long = new Date(BEGIN - 86_400_000).toISOString();
  for (const tenant of ['default', 'hides']) {
    await terms(tenant, { showCost: tenant === 'default', unknownTokens: 'refuse' }, long);
    await priced(tenant, tariff('day', '0.50'), { time: long });
    const token = { type: 'ISO14443', status: 'Accepted', groupId: null, expiresAt: null, concurrent: true } as const;
    await service.tokenStore.put(tenant, { ...token, idToken: 'TAG' });
    await service.tokenStore.put(tenant, { ...token, idToken: 'BLOCKED', status: 'Blocked' });
  }
});
afterAll(() => service?.close());

let stations = 0;
let station: string;
beforeEach(async () => {
  station = `shows-${++stations}`;
  service.sent.length = 0;
  service.clock.at = () => when(60);
  await service.database.query('UPDATE transactions.transactions SET ended_at = coalesce(ended_at, now())');
});

const from = (minute: number, more: Partial<SendingStation> = {}): SendingStation => ({
  ...{ protocol: 'ocpp1.6', station, receivedAt: when(minute), ...more },
});
const iso = (minute: number) => when(minute).toISOString();
const start = async (minute: number, more: Partial<SendingStation> = {}) =>
  Number(
    (
      await service.receive(from(minute, more), 'StartTransaction', {
        connectorId: 1,
        idTag: 'TAG',
        meterStart: 1_000,
        timestamp: iso(minute),
      })
    )['transactionId'],
  );
const reading = (minute: number, transactionId: number, wh: number) =>
  service.receive(from(minute), 'MeterValues', {
    ...{ connectorId: 1, transactionId, meterValue: [{ timestamp: iso(minute), sampledValue: [{ value: String(wh) }] }] },
  });
const stop = (minute: number, transactionId: number, meterStop: number) =>
  service.receive(from(minute), 'StopTransaction', { transactionId, meterStop, timestamp: iso(minute) });
/** The messages that were sent, each of which a strict station takes. */
const shown = (): [string, unknown][] =>
  service.sent
    .filter(({ action, station: to }) => action === 'DataTransfer' && to === station)
    .map(({ payload }) => {
      expect(checkRequest('ocpp1.6', 'DataTransfer', payload, 'strict')).toMatchObject({ ok: true });
      expect(payload['vendorId']).toBe(COST_VENDOR);
      return [String(payload['messageId']), JSON.parse(String(payload['data']))];
    });
const kinds = () => shown().map(([kind]) => kind);
const end = async (request: CommandRequest, how: Partial<Command>): Promise<void> => {
  const command = commandEnd(request, how);
  await service.capabilities.onAnswered(command);
  await service.costMessages.onAnswered(command);
};

/** It connects, and says whether it shows what it is sent. */
async function connects(says: string | null, { tenant = 'default', protocol = 'ocpp1.6' as Protocol } = {}): Promise<void> {
  await service.connect({ tenant, station }, protocol);
  await service.capabilities.sweep();
  const asked = service.sent.filter(({ action, station: to }) => action === 'GetConfiguration' && to === station);
  if (tenant !== 'default' || protocol !== 'ocpp1.6') return expect(asked).toEqual([]);
  expect(asked.map(({ payload }) => payload)).toEqual([{ key: ['CustomDisplayCostAndPrice'] }]);
  const response =
    says === null
      ? { unknownKey: ['CustomDisplayCostAndPrice'] }
      : { configurationKey: [{ key: 'customdisplaycostandprice', readonly: true, value: says }] };
  await end(asked[0] as CommandRequest, { response }); // one was expected
}

describe('a station of 1.6 that shows what charging costs', () => {
  it('is told the price when a token is accepted, and of no other token', async () => {
    await connects('true');
    await service.receive(from(0), 'Authorize', { idTag: 'BLOCKED' });
    await service.receive(from(0), 'Authorize', { idTag: 'NOBODY' });
    expect(shown()).toEqual([]);
    await service.receive(from(1), 'Authorize', { idTag: 'TAG' });
    const priceText = 'EUR 0.60/kWh, EUR 7.20/h idle after 5 min, EUR 1.20 per session';
    expect(shown()).toEqual([['SetUserPrice', { idToken: 'TAG', priceText }]]);
    await service.receive(from(1), 'Authorize', { idTag: 'TAG' }); // delivered once more
    expect(new Set(service.sent.filter(({ action }) => action === 'DataTransfer').map(({ id }) => id)).size).toBe(1);
    await start(2);
    expect(shown().at(-1)).toEqual(['SetUserPrice', { idToken: 'TAG', priceText }]);
  });

  it('is told what a session costs at its start and after each interval, and at its end what its CDR says', async () => {
    await connects('true');
    const id = await start(0);
    await reading(10, id, 3_000);
    service.clock.at = () => when(10);
    expect(await service.costMessages.sweep()).toBe(1);
    expect(shown().at(-1)).toEqual([
      'RunningCost',
      {
        ...{ transactionId: id, timestamp: iso(10), meterValue: 3_000, cost: 2.4, state: 'Charging' },
        ...{ chargingPrice: { kWhPrice: 0.6, flatFee: 1.2 }, idlePrice: { graceMinutes: 5, hourPrice: 7.2 } },
      },
    ]);
    expect(await service.costMessages.sweep()).toBe(0);
    service.clock.at = () => when(11);
    expect(await service.costMessages.sweep()).toBe(1);
    await stop(30, id, 5_000);
    const [account] = service.publishedEnds(station);
    if (account === undefined) throw new Error('no end was published');
    const settled = await termsOf(service.prices.of(account), account);
    const bill = price({ energyWh: account.energyWh ?? 0, periods: account.periods }, settled?.tariff ?? free('EUR'));
    const cost = Number(bill.cost.totalInclTax);
    expect(shown().at(-1)).toEqual(['FinalCost', { transactionId: id, cost, priceText: `EUR ${bill.cost.totalInclTax} for 4 kWh` }]);
    expect(cost).toBe(3.6); // (1 + 4 kWh x 0.50) and 20 %
    await stop(30, id, 5_000); // said again, shown once
    expect(new Set(service.sent.filter(({ payload }) => payload['messageId'] === 'FinalCost').map(({ id: command }) => command)).size).toBe(
      1,
    );
    expect(await service.costMessages.sweep()).toBe(0);
  });

  it.each<[string, Partial<Command>]>([
    ['UnknownVendorId', { response: { status: 'UnknownVendorId' } }],
    ['UnknownMessageId', { response: { status: 'UnknownMessageId' } }],
    ['NotImplemented', { status: 'error', error: { code: 'NotImplemented', description: '' } }],
  ])('is sent no more of it once it has answered %s, until it connects anew', async (_, how) => {
    await connects('true');
    await start(0);
    await end(service.lastSent('DataTransfer'), how);
    service.sent.length = 0;
    expect(await service.costMessages.sweep()).toBe(0);
    await service.receive(from(1), 'Authorize', { idTag: 'TAG' });
    expect(shown()).toEqual([]);
    await connects('true');
    await service.receive(from(2), 'Authorize', { idTag: 'TAG' });
    expect(kinds()).toEqual(['SetUserPrice']);
  });

  it('goes on being told after it has rejected one, or an operator’s DataTransfer of another vendor is unknown to it', async () => {
    await connects('true');
    await start(0);
    const own = service.lastSent('DataTransfer');
    await end(own, { response: { status: 'Rejected' } });
    await end({ ...own, payload: { vendorId: 'com.example' } }, { response: { status: 'UnknownVendorId' } });
    expect(await service.costMessages.sweep()).toBe(1);
  });

  it('is told nothing by starts and stops that were queued: nobody stands there', async () => {
    await connects('true');
    const id = await start(0, { awaited: false });
    await service.receive(from(30, { awaited: false }), 'StopTransaction', { transactionId: id, meterStop: 5_000, timestamp: iso(30) });
    expect(shown()).toEqual([]);
  });

  it('waits for the next look where more sessions are due than one look takes, those that wait longest first', async () => {
    await connects('true');
    const first = station;
    await start(0);
    station = `shows-${++stations}`;
    await connects('true');
    await start(1);
    const store = new TypeormCostMessages(service.database);
    const take = async (minute: number) => (await store.take(when(minute), when(minute - 1), 1)).map((due) => due.station);
    expect([await take(10), await take(10), await take(10)]).toEqual([[expect.any(String)], [expect.any(String)], []]);
    expect([...(await take(20)), ...(await take(20))].sort()).toEqual([first, station].sort());
  });

  it('is answered though nothing can be sent, or no price is known', async () => {
    await connects('true');
    service.sendingFails = true;
    const id = await start(0);
    expect(await service.receive(from(1), 'Authorize', { idTag: 'TAG' })).toMatchObject({ idTagInfo: { status: 'Accepted' } });
    expect(await stop(30, id, 5_000)).toEqual({});
    service.sendingFails = false;
    expect(service.publishedEnds(station)).toHaveLength(1);
  });
});

describe('nothing is sent', () => {
  it.each([
    ['does not say that it shows costs', 'false', {}],
    ['does not know the key', null, {}],
    ['is of a tenant that does not show costs', 'true', { tenant: 'hides' }],
    ['speaks 2.0.1', 'true', { protocol: 'ocpp2.0.1' as const }],
  ])('to a station that %s', async (_, says, more) => {
    await connects(says, more);
    const { tenant } = { tenant: 'default', ...more };
    const id = await start(0, { tenant });
    await service.costMessages.sweep();
    await service.receive(from(1, { tenant }), 'Authorize', { idTag: 'TAG' });
    await service.receive(from(30, { tenant }), 'StopTransaction', { transactionId: id, meterStop: 5_000, timestamp: iso(30) });
    expect(shown()).toEqual([]);
  });
});
