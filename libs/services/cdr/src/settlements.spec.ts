import { TransientError, type BusRecord, type Handler } from '@voltbus/bus';
import { CDRS, toCloudEventHeaders, type Cdr, type EndedTransaction, type Tariff } from '@voltbus/contracts';
import { Outbox, openDatabase, type OutboxEvent } from '@voltbus/database';
import { freshDatabase, keepsContract, silentLogger, testMetrics } from '@voltbus/testing';
import { Decimal } from 'decimal.js';
import { accountOf, tariffOf } from './account-fixture';
import { onTenantChanged } from './events/on-tenant-changed';
import { onTransactionEnded } from './events/on-transaction-ended';
import { SCHEMA, migrations } from './store/migrations';
import { wire, type Wired } from './wiring';

class ListeningOutbox extends Outbox {
  readonly told: OutboxEvent[] = [];
  override async add(manager: Parameters<Outbox['add']>[0], events: OutboxEvent[]): Promise<void> {
    await super.add(manager, events);
    for (const { topic, event, value } of events) keepsContract({ topic: topic.name, type: event.type, value });
    this.told.push(...events);
  }
}

let service: Wired;
let outbox: ListeningOutbox;
let close: () => Promise<void>;
beforeAll(async () => {
  const { url, drop } = await freshDatabase();
  const database = await openDatabase({ url, schema: SCHEMA, migrations, poolSize: 4, applicationName: 'spec' });
  outbox = new ListeningOutbox(SCHEMA);
  service = wire({ database, outbox, logger: silentLogger, metrics: testMetrics(), wakeRelay: () => undefined });
  close = async () => {
    await database.destroy();
    await drop();
  };
  await service.tariffs.add('default', 'day', tariff('0.49'), new Date('2026-01-01T00:00:00Z'));
  await tenantSays('default', 'voltbus.tenant.changed', '2026-01-01T00:00:00Z', { currency: 'EUR', defaultTariff: 'day' });
});
afterAll(() => close?.());

const tariff = (perKwh: string): Tariff => tariffOf('day', perKwh);
const session = accountOf;
function record(tenant: string, type: string, time: string, value: unknown): BusRecord {
  const headers = toCloudEventHeaders({ id: 'id', type, source: '/voltbus/spec', time, subject: `${tenant}/CS-1`, tenant });
  const bytes = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)]));
  return {
    topic: 'spec',
    partition: 0,
    offset: 0n,
    key: `${tenant}/CS-1`,
    value: Buffer.from(JSON.stringify(value)),
    headers: bytes,
    timestamp: 0,
  };
}
async function hear(handler: Handler, which: BusRecord): Promise<void> {
  if (handler.shape !== 'key') throw new Error('not one by one');
  await handler.handle(which, { settle: () => undefined, signal: new AbortController().signal });
}
const tenantSays = (tenant: string, type: string, time: string, value: object) =>
  hear(onTenantChanged(service.tariffs, service.reviewStore), record(tenant, type, time, value));
const ends = (account: EndedTransaction, type = 'voltbus.transaction.ended') =>
  hear(
    onTransactionEnded(service.settlements, { readBefore: () => Promise.resolve(true) }),
    record(account.tenant, type, account.endedAt ?? '', account),
  );
const cdrsOf = ({ tenant, id }: EndedTransaction): Promise<Cdr[]> =>
  service.cdrs.page(tenant, { transaction: id }, { limit: 10, after: null });
const toldOf = ({ id }: EndedTransaction): Cdr[] =>
  outbox.told.map(({ value }) => value as Cdr).filter(({ transaction }) => transaction === id);

describe('settling what has ended', () => {
  it("makes one CDR by the tenant's default tariff and tells it on csms.cdrs.v1", async () => {
    const account = session();
    await ends(account);
    const [cdr] = await cdrsOf(account);
    expect(cdr).toMatchObject({
      kind: 'charge',
      transaction: account.id,
      cost: { total: '4.90', totalInclTax: '5.83' },
      tariff: tariff('0.49'),
    });
    expect(outbox.told.at(-1)).toMatchObject({
      topic: CDRS,
      ref: { tenant: 'default', station: 'CS-1' },
      event: { type: 'voltbus.cdr.issued', time: account.endedAt },
      value: cdr,
    });
    expect(await service.cdrs.find('default', cdr?.id ?? '')).toEqual(cdr);
    expect(await service.cdrs.find('other', cdr?.id ?? '')).toBeNull();
  });

  it('is silent about what has only started or changed', async () => {
    const account = session();
    await ends(account, 'voltbus.transaction.started');
    await ends(account, 'voltbus.transaction.updated');
    expect(await cdrsOf(account)).toEqual([]);
  });

  it('makes one CDR however often the end is said, also at once', async () => {
    const account = session();
    await Promise.all([ends(account), ends(account), ends(account)]);
    await ends(account);
    expect(await cdrsOf(account)).toHaveLength(1);
    expect(toldOf(account)).toHaveLength(1);
  });

  it('says a CDR again, under its own id, to who reminds of it', async () => {
    const account = session();
    await ends(account);
    await ends({ ...account, reminder: true });
    const told = outbox.told.filter(({ value }) => (value as Cdr).transaction === account.id);
    expect(told).toHaveLength(2);
    expect(told[1]).toEqual(told[0]);
    expect(await cdrsOf(account)).toHaveLength(1);
  });

  it('corrects by a credit and a new charge when a later account bills differently', async () => {
    const account = session();
    await ends(account);
    await ends({
      ...account,
      revision: 2,
      energyWh: 12_000,
      periods: [{ kind: 'charging', startedAt: account.startedAt, seconds: 3600, energyWh: 12_000 }],
    });
    await ends(account);
    const told = toldOf(account);
    expect(told.map(({ kind, revision, cost }) => [kind, revision, cost.total])).toEqual([
      ['charge', 1, '4.90'],
      ['credit', 2, '-4.90'],
      ['charge', 2, '5.88'],
    ]);
    expect(told[1]?.creditOf).toBe(told[0]?.id);
    expect((await cdrsOf(account)).reduce((sum, { cost }) => sum.plus(cost.total), new Decimal(0)).toFixed(2)).toBe('5.88');
  });

  it('lets the bill stand when late data changes nothing that is billed, and tells who waits for it', async () => {
    const account = session();
    await ends(account);
    const { startedAt } = account;
    const divided: EndedTransaction = {
      ...account,
      revision: 2,
      periods: [
        { kind: 'charging', startedAt, seconds: 2400, energyWh: 10_000 },
        { kind: 'idle', startedAt, seconds: 1200, energyWh: 0 },
      ],
    };
    await ends(divided);
    const told = outbox.told.filter(({ value }) => (value as Cdr).transaction === account.id);
    expect(await cdrsOf(account)).toHaveLength(1);
    expect(told.map(({ event, value }) => [event.id, event.billedRevision, value])).toEqual([
      [told[0]?.event.id, undefined, told[0]?.value],
      [told[0]?.event.id, 2, told[0]?.value],
    ]);
    await ends(divided);
    await ends({ ...divided, reminder: true });
    const again = outbox.told.filter(({ value }) => (value as Cdr).transaction === account.id);
    expect(again.map(({ event }) => event.billedRevision)).toEqual([undefined, 2, 2]);
    await ends({ ...divided, revision: 3, energyWh: 12_000 });
    expect((await cdrsOf(account)).map(({ kind, revision }) => [kind, revision]).sort()).toEqual([
      ['charge', 1],
      ['charge', 3],
      ['credit', 3],
    ]);
  });

  it('keeps the tariff as it stood when the session started', async () => {
    await tenantSays('changing', 'voltbus.tenant.changed', '2026-01-01T00:00:00Z', { currency: 'EUR', defaultTariff: 'day' });
    await service.tariffs.add('changing', 'day', tariff('0.40'), new Date('2026-01-01T00:00:00Z'));
    await service.tariffs.add('changing', 'day', tariff('0.80'), new Date('2026-03-01T10:30:00Z'));
    const before = session({ tenant: 'changing' });
    const after = session({ tenant: 'changing', startedAt: '2026-03-01T10:31:00.000Z' });
    await ends(before);
    await ends(after);
    expect((await cdrsOf(before)).map(({ cost }) => cost.total)).toEqual(['4.00']);
    expect((await cdrsOf(after)).map(({ cost }) => cost.total)).toEqual(['8.00']);
    expect(await service.tariffs.find('changing', 'day')).toEqual(tariff('0.80'));
  });

  it("costs nothing in the tenant's currency, and says so, where no tariff applies", async () => {
    await tenantSays('free', 'voltbus.tenant.changed', '2026-01-01T00:00:00Z', { currency: 'SEK', defaultTariff: null });
    const account = session({ tenant: 'free', flags: ['offline'] });
    await ends(account);
    expect(await cdrsOf(account)).toMatchObject([
      { tariff: null, cost: { currency: 'SEK', total: '0.00' }, flags: ['no-tariff', 'offline'] },
    ]);
  });

  it('has no price for sessions that start after a tariff was removed', async () => {
    await tenantSays('removed', 'voltbus.tenant.changed', '2026-01-01T00:00:00Z', { currency: 'EUR', defaultTariff: 'day' });
    await service.tariffs.add('removed', 'day', tariff('0.40'), new Date('2026-01-01T00:00:00Z'));
    await service.tariffs.add('removed', 'day', null, new Date('2026-02-01T00:00:00Z'));
    const account = session({ tenant: 'removed' });
    await ends(account);
    expect(await cdrsOf(account)).toMatchObject([{ tariff: null, tariffFrom: null, flags: ['no-tariff', 'tariff-missing'] }]);
    expect(await service.tariffs.find('removed', 'day')).toBeNull();
    expect(await service.tariffs.page('removed', { limit: 10, after: null })).toEqual([]);
  });

  it('waits for the terms of a tenant it has not heard of, and settles a deleted one by its last', async () => {
    const early = session({ tenant: 'early' });
    await expect(ends(early)).rejects.toBeInstanceOf(TransientError);
    expect(await cdrsOf(early)).toEqual([]);
    await tenantSays('early', 'voltbus.tenant.changed', '2026-01-01T00:00:00Z', { currency: 'NOK', defaultTariff: null });
    await tenantSays('early', 'voltbus.tenant.deleted', '2026-03-01T00:00:00Z', {});
    await ends(early);
    expect(await cdrsOf(early)).toMatchObject([{ cost: { currency: 'NOK' } }]);
  });

  it('lists the newest session first, page by page, by station and time', async () => {
    await tenantSays('paged', 'voltbus.tenant.changed', '2026-01-01T00:00:00Z', { currency: 'EUR', defaultTariff: null });
    for (const day of ['01', '02', '03'])
      await ends(session({ tenant: 'paged', station: day === '02' ? 'CS-2' : 'CS-1', startedAt: `2026-03-${day}T10:00:00.000Z` }));
    const days = (cdrs: Cdr[]) => cdrs.map(({ startedAt }) => startedAt.slice(8, 10));
    const first = await service.cdrs.page('paged', {}, { limit: 2, after: null });
    expect(days(first)).toEqual(['03', '02']);
    const last = first[1];
    expect(days(await service.cdrs.page('paged', {}, { limit: 2, after: [last?.startedAt ?? '', last?.id ?? ''] }))).toEqual(['01']);
    expect(days(await service.cdrs.page('paged', { station: 'CS-1' }, { limit: 9, after: null }))).toEqual(['03', '01']);
    expect(
      days(await service.cdrs.page('paged', { from: '2026-03-02T00:00:00Z', to: '2026-03-03T00:00:00Z' }, { limit: 9, after: null })),
    ).toEqual(['02']);
  });
});
