import { PRICES, STATIONS, type Protocol } from '@voltbus/contracts';
import { checkResponse } from '@voltbus/ocpp';
import { free, price, termsOf } from '@voltbus/pricing';
import { priceEventsOf, tariff } from '../prices/testing/price-events';
import { COST_WITHIN_MS } from '../prices';
import { startService, type ServiceFixture } from '../testing/service-fixture';

let service: ServiceFixture;
let neighbours: ReturnType<typeof priceEventsOf>;
const BEGIN = Date.now() - 3_600_000;
const at = (minutes: number) => new Date(BEGIN + minutes * 60_000).toISOString();

beforeAll(async () => {
  service = await startService();
  neighbours = priceEventsOf(service);
  await neighbours.terms('default');
  await neighbours.price('default', tariff('day', '0.50'));
  await neighbours.price('default', tariff('depot', '0.30'));
});
afterAll(() => service?.close());

describe.each<Protocol>(['ocpp2.0.1', 'ocpp2.1'])('what a session costs, in %s', (protocol) => {
  let stations = 0;
  let station: string;
  beforeEach(() => (station = `${protocol}-${++stations}`));
  const event = async (eventType: string, minute: number, wh: number, more: { tenant?: string; charging?: boolean } = {}) => {
    const answer = await service.receive({ protocol, station, tenant: more.tenant ?? 'default' }, 'TransactionEvent', {
      eventType,
      seqNo: minute,
      timestamp: at(minute),
      triggerReason: 'MeterValuePeriodic',
      transactionInfo: { transactionId: 'T', chargingState: more.charging === false ? 'SuspendedEV' : 'Charging' },
      meterValue: [{ timestamp: at(minute), sampledValue: [{ value: wh }] }],
    });
    expect(checkResponse(protocol, 'TransactionEvent', answer, 'strict')).toMatchObject({ ok: true });
    return answer;
  };

  it('I03 is sent while the session runs, and I02 at the end equals the CDR: the same terms, the same price, with tax', async () => {
    expect(await event('Started', 0, 1_000)).toEqual({});
    expect(await event('Updated', 10, 3_000)).toEqual({ totalCost: 2.4 }); // (1 + 2 kWh x 0.50) and 20 %
    expect(await event('Updated', 20, 3_000, { charging: false })).toEqual({ totalCost: 2.4 });
    const end = await event('Ended', 40, 3_000);
    const [account] = service.publishedEnds(station);
    if (account === undefined) throw new Error('no end was told');
    const settled = await termsOf(service.prices.of(account), account);
    const bill = price({ energyWh: account.energyWh ?? 0, periods: account.periods }, settled?.tariff ?? free('EUR'));
    expect(end).toEqual({ totalCost: Number(bill.cost.totalInclTax) });
    expect(Number(bill.cost.idle)).toBeGreaterThan(0);
    expect(await event('Ended', 40, 3_000)).toEqual(end); // said again, answered the same
  });

  it('is what the station’s group pays, once it is in one', async () => {
    await neighbours.deliver(PRICES.events.changed, 'default', { kind: 'station-group', name: 'Depot', value: 'depot' });
    await neighbours.deliver(STATIONS.events.grouped, 'default', { tenant: 'default', station, group: 'DEPOT' }, { station });
    await event('Started', 0, 0);
    expect(await event('Updated', 10, 10_000)).toEqual({ totalCost: 4.8 });
  });

  it('is by the tariff as it stood at the start', async () => {
    const tenant = `dear-${protocol.slice(4).replaceAll('.', '-')}`;
    await neighbours.terms(tenant);
    await neighbours.price(tenant, tariff('day', '0.50'));
    await neighbours.price(tenant, tariff('day', '5.00'), { time: at(5) });
    await event('Started', 0, 0, { tenant });
    expect(await event('Updated', 10, 10_000, { tenant })).toEqual({ totalCost: 7.2 });
  });

  it('is 0 when nothing is charged, and absent when the tenant does not show it or nothing is known', async () => {
    const name = protocol.slice(4).replaceAll('.', '-');
    await neighbours.terms(`free-${name}`, { defaultTariff: null });
    await event('Started', 0, 0, { tenant: `free-${name}` });
    expect(await event('Updated', 10, 10_000, { tenant: `free-${name}` })).toEqual({ totalCost: 0 });
    await neighbours.terms(`hides-${name}`, { showCost: false });
    await event('Started', 0, 0, { tenant: `hides-${name}` });
    expect(await event('Ended', 10, 10_000, { tenant: `hides-${name}` })).toEqual({});
    await event('Started', 0, 0, { tenant: `unheard-${name}` });
    expect(await event('Ended', 10, 10_000, { tenant: `unheard-${name}` })).toEqual({});
  });

  it('never delays an answer: a cost that cannot be computed is left out', async () => {
    await event('Started', 0, 0);
    const shown = jest.spyOn(service.prices, 'of').mockImplementation(() => {
      throw new Error('broken');
    });
    expect(await event('Updated', 10, 10_000)).toEqual({});
    shown.mockRestore();
    expect(await event('Updated', 11, 10_000)).toEqual({ totalCost: 7.2 });
  });

  it(`keeps no answer waiting for longer than ${COST_WITHIN_MS / 1_000} s`, async () => {
    await event('Started', 0, 0);
    const slow = jest.spyOn(service.prices, 'of').mockImplementation(() => ({
      ...{
        tariffHistory: () => Promise.resolve([]),
        assignmentHistory: () => Promise.resolve([]),
        stationGroups: () => Promise.resolve([]),
      },
      termsHistory: () => new Promise(() => undefined),
    }));
    expect(await event('Updated', 10, 10_000)).toEqual({});
    slow.mockRestore();
  });
});
