import { TransientError } from '@voltbus/bus';
import { CDRS, type Cdr, type EndedTransaction } from '@voltbus/contracts';
import { listed } from '@voltbus/testing';
import { Decimal } from 'decimal.js';
import { startCdr, type CdrFixture } from '../testing/cdr-fixture';
import { endedTransaction, tariffOf } from '../testing/ended-transaction';

let service: CdrFixture;
beforeAll(async () => {
  service = await startCdr('0.49');
});
afterAll(() => service?.close());

const bill = (ended: EndedTransaction) => service.billing.bill(ended, 0);
const cdrsPublished = ({ id }: EndedTransaction): Cdr[] => service.eventsOf(id).map(({ value }) => value as Cdr);

describe('billing an ended transaction', () => {
  it("makes one CDR by the tenant's default tariff and publishes it on csms.cdrs.v1", async () => {
    const ended = endedTransaction();
    await bill(ended);
    const [cdr] = await service.cdrsOf(ended);
    expect(cdr).toMatchObject({
      kind: 'charge',
      transaction: ended.id,
      cost: { total: '4.90', totalInclTax: '5.83' },
      tariff: tariffOf('day', '0.49'),
    });
    expect(service.outbox.events.at(-1)).toMatchObject({
      topic: CDRS,
      ref: { tenant: 'default', station: 'CS-1' },
      event: { type: 'voltbus.cdr.issued', time: ended.endedAt },
      value: cdr,
    });
    expect(await service.cdrs.find('default', cdr?.id ?? '')).toEqual(cdr);
    expect(await service.cdrs.find('other', cdr?.id ?? '')).toBeNull();
  });

  it('makes one CDR however often the end is published, also at once', async () => {
    const ended = endedTransaction();
    await Promise.all([bill(ended), bill(ended), bill(ended)]);
    await bill(ended);
    expect(await service.cdrsOf(ended)).toHaveLength(1);
    expect(cdrsPublished(ended)).toHaveLength(1);
  });

  it('publishes a CDR again, under its own event id, when it is reminded of it', async () => {
    const ended = endedTransaction();
    await bill(ended);
    await bill({ ...ended, reminder: true });
    const events = service.eventsOf(ended.id);
    expect(events).toHaveLength(2);
    expect(events[1]).toEqual(events[0]);
    expect(await service.cdrsOf(ended)).toHaveLength(1);
  });

  it('corrects by a credit and a new charge when a later revision bills differently', async () => {
    const ended = endedTransaction();
    await bill(ended);
    await bill({
      ...ended,
      revision: 2,
      energyWh: 12_000,
      periods: [{ kind: 'charging', startedAt: ended.startedAt, seconds: 3600, energyWh: 12_000 }],
    });
    await bill(ended);
    const events = cdrsPublished(ended);
    expect(events.map(({ kind, revision, cost }) => [kind, revision, cost.total])).toEqual([
      ['charge', 1, '4.90'],
      ['credit', 2, '-4.90'],
      ['charge', 2, '5.88'],
    ]);
    expect(events[1]?.creditOf).toBe(events[0]?.id);
    expect((await service.cdrsOf(ended)).reduce((sum, { cost }) => sum.plus(cost.total), new Decimal(0)).toFixed(2)).toBe('5.88');
  });

  it('lets the bill stand when late data changes nothing that is billed, and publishes that', async () => {
    const ended = endedTransaction();
    await bill(ended);
    const { startedAt } = ended;
    const divided: EndedTransaction = {
      ...ended,
      revision: 2,
      periods: [
        { kind: 'charging', startedAt, seconds: 2400, energyWh: 10_000 },
        { kind: 'idle', startedAt, seconds: 1200, energyWh: 0 },
      ],
    };
    await bill(divided);
    const events = service.eventsOf(ended.id);
    expect(await service.cdrsOf(ended)).toHaveLength(1);
    expect(events.map(({ event, value }) => [event.id, event.billedRevision, value])).toEqual([
      [events[0]?.event.id, undefined, events[0]?.value],
      [events[0]?.event.id, 2, events[0]?.value],
    ]);
    await bill(divided);
    await bill({ ...divided, reminder: true });
    const again = service.eventsOf(ended.id);
    expect(again.map(({ event }) => event.billedRevision)).toEqual([undefined, 2, 2]);
    await bill({ ...divided, revision: 3, energyWh: 12_000 });
    expect((await service.cdrsOf(ended)).map(({ kind, revision }) => [kind, revision]).sort()).toEqual([
      ['charge', 1],
      ['charge', 3],
      ['credit', 3],
    ]);
  });

  it('prices by the tariff as it was when the session started', async () => {
    await service.tariffs.addTerms('changing', { currency: 'EUR', defaultTariff: 'day' }, new Date('2026-01-01T00:00:00Z'));
    await service.tariffs.add('changing', 'day', tariffOf('day', '0.40'), new Date('2026-01-01T00:00:00Z'));
    await service.tariffs.add('changing', 'day', tariffOf('day', '0.80'), new Date('2026-03-01T10:30:00Z'));
    const before = endedTransaction({ tenant: 'changing' });
    const after = endedTransaction({ tenant: 'changing', startedAt: '2026-03-01T10:31:00.000Z' });
    await bill(before);
    await bill(after);
    expect((await service.cdrsOf(before)).map(({ cost }) => cost.total)).toEqual(['4.00']);
    expect((await service.cdrsOf(after)).map(({ cost }) => cost.total)).toEqual(['8.00']);
    expect(await service.tariffs.find('changing', 'day')).toEqual(tariffOf('day', '0.80'));
  });

  it("costs nothing in the tenant's currency, with a flag, where no tariff applies", async () => {
    await service.tariffs.addTerms('free', { currency: 'SEK', defaultTariff: null }, new Date('2026-01-01T00:00:00Z'));
    const ended = endedTransaction({ tenant: 'free', flags: ['offline'] });
    const counted = () => service.metrics.total('sessions_without_price_total', { reason: 'none-set' });
    const before = counted();
    await bill(ended);
    await bill({ ...ended, revision: 2, energyWh: 1 }); // a session is counted once, however often it is billed
    expect(counted() - before).toBe(1);
    await bill(endedTransaction({ tenant: 'free', energyWh: 0, stopReason: 'Timeout' })); // nobody could charge
    expect(counted() - before).toBe(1);
    expect((await service.cdrsOf(ended)).at(-1)).toMatchObject({
      ...{ tariff: null, cost: { currency: 'SEK', total: '0.00' }, flags: ['no-tariff', 'offline'] },
    });
  });

  it('has no price for sessions that start after a tariff was removed', async () => {
    await service.tariffs.addTerms('removed', { currency: 'EUR', defaultTariff: 'day' }, new Date('2026-01-01T00:00:00Z'));
    await service.tariffs.add('removed', 'day', tariffOf('day', '0.40'), new Date('2026-01-01T00:00:00Z'));
    await service.tariffs.add('removed', 'day', null, new Date('2026-02-01T00:00:00Z'));
    const ended = endedTransaction({ tenant: 'removed' });
    await bill(ended);
    expect(service.metrics.total('sessions_without_price_total', { reason: 'removed' })).toBe(1);
    expect(await service.cdrsOf(ended)).toMatchObject([{ tariff: null, tariffFrom: null, flags: ['no-tariff', 'tariff-missing'] }]);
    expect(await service.tariffs.find('removed', 'day')).toBeNull();
    expect(await service.tariffs.list('removed').count({}, 10)).toMatchObject({ total: 0 });
  });

  it('waits for the terms of a tenant that is not known yet', async () => {
    const early = endedTransaction({ tenant: 'early' });
    await expect(bill(early)).rejects.toBeInstanceOf(TransientError);
    expect(await service.cdrsOf(early)).toEqual([]);
    await service.tariffs.addTerms('early', { currency: 'NOK', defaultTariff: null }, new Date('2026-01-01T00:00:00Z'));
    await bill(early);
    expect(await service.cdrsOf(early)).toMatchObject([{ cost: { currency: 'NOK' } }]);
  });

  it('lists the newest session first, page by page, by station and time', async () => {
    await service.tariffs.addTerms('paged', { currency: 'EUR', defaultTariff: null }, new Date('2026-01-01T00:00:00Z'));
    for (const day of ['01', '02', '03'])
      await bill(endedTransaction({ tenant: 'paged', station: day === '02' ? 'CS-2' : 'CS-1', startedAt: `2026-03-${day}T10:00:00.000Z` }));
    const days = (cdrs: Cdr[]) => cdrs.map(({ startedAt }) => startedAt.slice(8, 10));
    const list = service.cdrs.list('paged');
    expect(days(await listed(list, {}, 'startedAt'))).toEqual(['03', '02', '01']);
    expect(days(await listed(list, { station: ['CS-1'] }, 'startedAt'))).toEqual(['03', '01']);
    expect(days(await listed(list, { from: '2026-03-02T00:00:00Z', to: '2026-03-03T00:00:00Z' }, 'startedAt'))).toEqual(['02']);
  });
});
