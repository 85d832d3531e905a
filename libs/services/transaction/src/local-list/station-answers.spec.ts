import type { Command } from '@voltbus/contracts';
import { MAX_ATTEMPTS } from './domain/local-list';
import { LocalListHarness, tags } from './testing/local-list-harness';

let lists: LocalListHarness;
beforeAll(async () => {
  lists = await LocalListHarness.start();
});
afterAll(() => lists?.close());
beforeEach(() => lists.begin());

describe('what a station answers', () => {
  it.each(['Failed', 'VersionMismatch'])('D01.FR.02, D01.FR.03: %s to a Differential is healed with a Full at once', async (status) => {
    const tenant = `heal-${status}`;
    await lists.synced(tenant, ['AAA']);
    await lists.put(tenant, 'BBB');
    await lists.sweep();
    expect(lists.sent()).toMatchObject({ updateType: 'Differential' });
    await lists.answer({ status });
    expect(lists.sent()).toMatchObject({ updateType: 'Full' });
    expect(tags(lists.sent())).toEqual(['AAA', 'BBB']);
    await lists.accept();
    expect(await lists.show(tenant)).toMatchObject({ state: 'in-sync' });
  });

  it('a Full that failed is retried at growing intervals, and then only on request of an operator', async () => {
    await lists.synced('fails', ['AAA']);
    await lists.service.localLists.force({ tenant: 'fails', station: 'CS-1' });
    await lists.sweep();
    const waits = [60_000, 300_000, 1_800_000, 7_200_000, 86_400_000];
    for (const wait of waits.slice(0, -1)) {
      const before = lists.service.sent.length;
      await lists.answer({ status: 'Failed' });
      expect(await lists.show('fails')).toMatchObject({ state: 'failed', lastOutcome: 'Failed' });
      lists.pass(wait - 10_000);
      await lists.sweep();
      expect(lists.service.sent).toHaveLength(before);
      lists.pass(10_000);
      await lists.sweep();
      expect(lists.service.sent).toHaveLength(before + 1);
      expect(lists.sent()).toMatchObject({ updateType: 'Full' });
    }
    await lists.answer({ status: 'Failed' });
    expect(lists.service.sent).toHaveLength(MAX_ATTEMPTS);
    lists.pass(30 * 86_400_000);
    await lists.connect('fails', 'ocpp1.6');
    await lists.sweep();
    expect(lists.service.sent).toHaveLength(MAX_ATTEMPTS);
    await lists.service.localLists.force({ tenant: 'fails', station: 'CS-1' });
    await lists.sweep();
    expect(lists.last().action).toBe('GetLocalListVersion');
    await lists.answer({ listVersion: 2 });
    await lists.accept();
    expect(await lists.show('fails')).toMatchObject({ state: 'in-sync' });
  });

  it('a station that takes the first part and refuses the second is not sent the first for ever', async () => {
    for (let count = 0; count < 4; count += 1) await lists.put('full-up', `T-${count}`);
    await lists.on('full-up', 2);
    await lists.connect('full-up', 'ocpp1.6');
    await lists.sweep();
    await lists.answer({ listVersion: 0 });
    for (let round = 0; round < 20; round += 1) {
      const { updateType } = lists.sent();
      const before = lists.service.sent.length;
      await lists.answer({ status: updateType === 'Full' ? 'Accepted' : 'Failed' });
      if (lists.service.sent.length === before) lists.pass(86_400_000); // patience
      await lists.sweep();
      if (lists.service.sent.length === before) break;
    }
    expect(lists.service.sent).toHaveLength(1 + 2 * MAX_ATTEMPTS);
    expect(await lists.show('full-up')).toMatchObject({ state: 'failed' });
  });

  it.each<[string, Partial<Command>]>([
    ['-1 (1.6)', { response: { listVersion: -1 } }],
    ['NotSupported', { status: 'error', error: { code: 'NotSupported', description: '' } }],
    ['NotImplemented', { status: 'error', error: { code: 'NotImplemented', description: '' } }],
  ])('a station without local lists (%s) is not queried again until an operator switches the list on', async (how, result) => {
    const tenant = `unable-${how}`;
    await lists.on(tenant);
    await lists.sweep();
    await lists.end(lists.last(), result);
    expect(await lists.show(tenant)).toMatchObject({ state: 'not-supported' });
    await lists.put(tenant, 'AAA');
    await lists.connect(tenant, 'ocpp1.6');
    lists.pass(86_400_000);
    await lists.sweep();
    expect(lists.service.sent).toHaveLength(1);
    await lists.on(tenant);
    await lists.sweep();
    expect(lists.service.sent).toHaveLength(2);
  });

  it('1.6: NotSupported to the list itself counts as well', async () => {
    await lists.synced('unable', ['AAA']);
    await lists.put('unable', 'BBB');
    await lists.sweep();
    await lists.answer({ status: 'NotSupported' });
    expect(await lists.show('unable')).toMatchObject({ state: 'not-supported', lastOutcome: 'NotSupported' });
  });

  it('an answer that comes twice, or to a list that an operator has sent himself, changes nothing', async () => {
    await lists.synced('twice', ['AAA']);
    await lists.put('twice', 'BBB');
    await lists.sweep();
    const differential = lists.last();
    await lists.accept();
    await lists.put('twice', 'CCC');
    await lists.sweep();
    await lists.end(differential, { response: { status: 'Failed' } });
    await lists.end({ ...differential, id: '00000000-0000-4000-8000-000000000000' }, { response: { status: 'NotSupported' } });
    expect(lists.service.sent).toHaveLength(2);
    await lists.accept();
    expect(await lists.show('twice')).toMatchObject({ state: 'in-sync' });
  });

  it('is asked one thing at a time', async () => {
    await lists.synced('one', ['AAA']);
    await lists.put('one', 'BBB');
    await lists.sweep();
    await lists.put('one', 'CCC');
    await lists.connect('one', 'ocpp1.6');
    await lists.sweep();
    expect(lists.service.sent).toHaveLength(1);
    await lists.accept();
    expect(lists.last().action).toBe('GetLocalListVersion');
  });
});

describe('an operator', () => {
  it('switches it off: the station is left alone', async () => {
    await lists.synced('off', ['AAA']);
    await lists.service.localLists.set({ tenant: 'off', station: 'CS-1' }, () => ({ mode: 'off', entriesPerMessage: 100 }));
    await lists.put('off', 'BBB');
    await lists.connect('off', 'ocpp1.6');
    await lists.sweep();
    expect(lists.service.sent).toEqual([]);
    expect(await lists.show('off')).toMatchObject({ mode: 'off', state: 'off' });
    await expect(lists.service.localLists.force({ tenant: 'off', station: 'CS-1' })).rejects.toMatchObject({ code: 'conflict' });
  });

  it('switches it on once more while it works: nothing is sent', async () => {
    await lists.synced('again', ['AAA']);
    await lists.on('again');
    await lists.sweep();
    expect(lists.service.sent).toEqual([]);
  });

  it('has all of it sent', async () => {
    await lists.synced('forced', ['AAA']);
    await lists.service.localLists.force({ tenant: 'forced', station: 'CS-1' });
    expect(await lists.show('forced')).toMatchObject({ state: 'pending' });
    await lists.sweep();
    expect([lists.sent().updateType, ...tags(lists.sent())]).toEqual(['Full', 'AAA']);
  });
});
