import type { EndedTransaction } from '@voltbus/contracts';
import { gate, listed, until, within } from '@voltbus/testing';
import { endedTransaction, tariffOf } from '../testing/ended-transaction';
import { startRunningCdr, type RunningCdr } from '../testing/running-cdr';
import { ReadProgress } from './read-progress';

const NEW_YEAR = new Date('2026-01-01T00:00:00Z');

let service: RunningCdr;
beforeAll(async () => {
  service = await startRunningCdr();
  await service.tariffs.addTerms('default', { currency: 'EUR', defaultTariff: 'day' }, NEW_YEAR);
  for (const [name, perKwh] of [
    ['day', '0.50'],
    ['depot', '0.40'],
    ['fleet', '0.30'],
  ] as const)
    await service.tariffs.add('default', name, tariffOf(name, perKwh), NEW_YEAR);
  await service.assignments.assign('default', { kind: 'station-group', group: 'Depot', tariff: 'depot' }, NEW_YEAR);
  await service.assignments.assign('default', { kind: 'token-group', group: 'FLEET', tariff: 'fleet' }, NEW_YEAR);
  await service.publishGroup('CS-DEPOT', 'depot', '2026-02-01T00:00:00.000Z');
});
afterAll(() => service?.close());

async function pricedAs(change: Partial<EndedTransaction>): Promise<unknown[]> {
  const [cdr] = await service.cdrsOf(endedTransaction(change));
  return [cdr?.tariff?.tariff, cdr?.tariffFrom, cdr?.cost.total, cdr?.flags];
}

describe('which tariff a session has', () => {
  it.each<[string, Partial<EndedTransaction>, unknown[]]>([
    ["the tenant's where neither token nor station is in a group that has one", {}, ['day', 'tenant', '5.00', []]],
    ["the station group's", { station: 'CS-DEPOT' }, ['depot', 'station-group', '4.00', []]],
    ["the token group's, before the station group's", { station: 'CS-DEPOT', idTokenGroup: 'fleet' }, ['fleet', 'token-group', '3.00', []]],
    ['the next where a group has none of its own', { station: 'CS-DEPOT', idTokenGroup: 'STAFF' }, ['depot', 'station-group', '4.00', []]],
    [
      "the tenant's before the station came into the group",
      { station: 'CS-DEPOT', startedAt: '2026-01-31T23:00:00.000Z' },
      ['day', 'tenant', '5.00', []],
    ],
    ["the tenant's in another tenant's eyes of the same group", { station: 'CS-9', idTokenGroup: null }, ['day', 'tenant', '5.00', []]],
  ])('is %s', async (_rule, change, expected) => expect(await pricedAs(change)).toEqual(expected));

  it('is the one that was assigned when the session started, whatever was assigned, removed or regrouped later', async () => {
    const assign = (tariff: string | null, since: string) =>
      service.assignments.assign('default', { kind: 'token-group', group: 'VISITORS', tariff }, new Date(since));
    await assign('fleet', '2026-03-01T09:00:00Z');
    await assign('depot', '2026-03-01T10:30:00Z');
    await assign(null, '2026-03-01T12:00:00Z');
    const at = async (time: string) => (await pricedAs({ idTokenGroup: 'VISITORS', startedAt: `2026-03-01T${time}:00.000Z` }))[0];
    expect([await at('08:59'), await at('09:00'), await at('10:29'), await at('10:30'), await at('12:00')]).toEqual([
      ...['day', 'fleet', 'fleet', 'depot', 'day'],
    ]);
    await service.publishGroup('CS-MOVED', 'depot', '2026-03-01T09:00:00.000Z');
    await service.publishGroup('CS-MOVED', null, '2026-03-01T10:30:00.000Z');
    expect((await pricedAs({ station: 'CS-MOVED' }))[0]).toBe('depot');
    expect((await pricedAs({ station: 'CS-MOVED', startedAt: '2026-03-01T10:30:00.000Z' }))[0]).toBe('day');
  });

  it('is the next one, with a flag, where the assigned tariff was removed', async () => {
    await service.tariffs.add('default', 'gone', tariffOf('gone', '9'), NEW_YEAR);
    await service.tariffs.add('default', 'gone', null, new Date('2026-02-01T00:00:00Z'));
    await service.assignments.assign('default', { kind: 'token-group', group: 'LOST', tariff: 'gone' }, NEW_YEAR);
    expect(await pricedAs({ station: 'CS-DEPOT', idTokenGroup: 'LOST' })).toEqual(['depot', 'station-group', '4.00', ['tariff-missing']]);
  });

  it('stays the same for a later revision, and is that of the tenant\u2019s own groups', async () => {
    const ended = endedTransaction({ station: 'CS-DEPOT' });
    await service.cdrsOf(ended);
    await service.assignments.assign('default', { kind: 'station-group', group: 'depot', tariff: 'fleet' }, new Date());
    const cdrs = await service.cdrsOf({ ...ended, revision: 2, energyWh: 20_000, periods: [] });
    expect(cdrs.map(({ kind, tariffFrom, cost }) => [kind, tariffFrom, cost.total]).sort()).toEqual([
      ['charge', 'station-group', '4.00'],
      ['charge', 'station-group', '8.00'],
      ['credit', 'station-group', '-4.00'],
    ]);
    await service.tariffs.addTerms('other', { currency: 'EUR', defaultTariff: null }, NEW_YEAR);
    await service.publishGroup('CS-1', 'depot', '2026-02-01T00:00:00.000Z', 'other');
    expect(await pricedAs({ tenant: 'other', idTokenGroup: 'FLEET' })).toEqual([undefined, null, '0.00', ['no-tariff']]);
  });

  it('is not chosen before the events of groups have been read, as after an outage with a backlog of both', async () => {
    const held = gate();
    const regroup = jest.spyOn(service.assignments, 'regroup').mockImplementationOnce(async (...given) => {
      await held.opened;
      await service.assignments.regroup(...given);
    });
    const readBefore = jest.spyOn(ReadProgress.prototype, 'readBefore');
    const ended = endedTransaction({ station: 'CS-BACKLOG' });
    const grouped = service.publishGroup('CS-BACKLOG', 'depot', '2026-02-01T00:00:00.000Z');
    const end = service.publishTransaction(ended);
    await until('the billing looks how far groups are read', () => readBefore.mock.results.length > 0);
    expect(await (readBefore.mock.results[0]?.value as Promise<boolean>)).toBe(false);
    held.open();
    await within('both events are handled', Promise.all([grouped, end]));
    regroup.mockRestore();
    readBefore.mockRestore();
    expect(await listed(service.cdrs.list('default'), { transaction: [ended.id] }, 'startedAt')).toMatchObject([
      { tariffFrom: 'station-group' },
    ]);
  });
});
