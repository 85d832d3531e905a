import { UNANSWERED_MS } from './domain/local-list';
import { LocalListHarness, tags } from './testing/local-list-harness';
import { NO_RESULT_MS } from './local-lists';
import { KEEP_REMOVED_MS } from './store/typeorm-token-changes';

let lists: LocalListHarness;
beforeAll(async () => {
  lists = await LocalListHarness.start();
});
afterAll(() => lists?.close());
beforeEach(() => lists.begin());

describe('a station that comes and goes', () => {
  it.each<[string, (version: number) => number, string[] | null]>([
    ['what we know is in sync', (version) => version, null],
    ['less gets what changed since', (version) => version - 1, ['Differential', 'CCC']],
    ['nothing gets a Full', () => 0, ['Full', 'AAA', 'BBB', 'CCC']],
    ['more than we ever sent gets a Full', (version) => version + 100, ['Full', 'AAA', 'BBB', 'CCC']],
  ])('D02: is asked when it connects; one that has %s', async (what, has, expected) => {
    const tenant = `back-${what}`;
    await lists.synced(tenant, ['AAA', 'BBB', 'CCC']);
    const { desiredVersion } = await lists.show(tenant);
    await lists.connect(tenant, 'ocpp1.6');
    expect(await lists.show(tenant)).toMatchObject({ state: 'pending' });
    await lists.sweep();
    expect(lists.last().action).toBe('GetLocalListVersion');
    await lists.answer({ listVersion: has(desiredVersion ?? 0) });
    if (expected === null) expect(lists.service.sent).toHaveLength(1);
    else {
      expect([lists.sent().updateType, ...tags(lists.sent())]).toEqual(expected);
      await lists.accept();
    }
    expect(await lists.show(tenant)).toMatchObject({ state: 'in-sync', reportedVersion: desiredVersion });
  });

  it.each([
    ['ocpp1.6', 'an older version', (revision: number) => revision - 1],
    ['ocpp1.6', 'the very version that we would give it', (revision: number) => revision],
    ['ocpp2.0.1', 'an older version', (revision: number) => revision - 1],
    ['ocpp2.1', 'the very version that we would give it', (revision: number) => revision],
  ] as const)("a %s station that has another backend's list, by chance of %s, gets a Full", async (protocol, what, has) => {
    const tenant = `foreign-${protocol}-${what}`;
    for (const token of ['AAA', 'BBB', 'CCC']) await lists.put(tenant, token);
    await lists.on(tenant);
    await lists.connect(tenant, protocol);
    await lists.sweep();
    const version = has((await lists.show(tenant)).desiredVersion ?? 0);
    await lists.answer(protocol === 'ocpp1.6' ? { listVersion: version } : { versionNumber: version });
    expect(await lists.show(tenant)).toMatchObject({ state: 'pending' });
    expect(lists.sent(protocol)).toMatchObject({ updateType: 'Full', localAuthorizationList: [{}, {}, {}] });
    await lists.accept();
    expect(await lists.show(tenant)).toMatchObject({ state: 'in-sync' });
  });

  it('a list that was switched off may have become anything: switched on again it is replaced', async () => {
    await lists.synced('again', ['AAA', 'BBB']);
    const { reportedVersion } = await lists.show('again');
    await lists.service.localLists.set({ tenant: 'again', station: 'CS-1' }, () => ({ mode: 'off', entriesPerMessage: 100 }));
    await lists.on('again');
    await lists.sweep();
    await lists.answer({ listVersion: reportedVersion });
    expect([lists.sent().updateType, ...tags(lists.sent())]).toEqual(['Full', 'AAA', 'BBB']);
  });

  it('a version from beyond what was ever sent to it is not ours, though tokens have come that far', async () => {
    await lists.synced('beyond', ['AAA']);
    await lists.disconnect('beyond');
    for (const token of ['BBB', 'CCC', 'DDD']) await lists.put('beyond', token);
    await lists.connect('beyond', 'ocpp1.6');
    await lists.sweep();
    await lists.answer({ listVersion: ((await lists.show('beyond')).desiredVersion ?? 0) - 1 });
    expect([lists.sent().updateType, ...tags(lists.sent())]).toEqual(['Full', 'AAA', 'BBB', 'CCC', 'DDD']);
  });

  it('one with a list from before the last Full is sent every removal since', async () => {
    await lists.synced('old', ['AAA', 'BBB']);
    const { reportedVersion } = await lists.show('old');
    await lists.remove('old', 'AAA');
    await lists.service.localLists.force({ tenant: 'old', station: 'CS-1' });
    await lists.sweep();
    expect([lists.sent().updateType, ...tags(lists.sent())]).toEqual(['Full', 'BBB']);
    await lists.accept();
    await lists.connect('old', 'ocpp1.6');
    await lists.sweep();
    await lists.answer({ listVersion: reportedVersion });
    expect([lists.sent().updateType, ...tags(lists.sent())]).toEqual(['Differential', 'AAA']);
  });

  it('one that has a list from before what we know of removals gets a Full', async () => {
    await lists.synced('ancient', ['AAA', 'BBB']);
    await lists.remove('ancient', 'AAA');
    await lists.put('ancient', 'CCC');
    await lists.disconnect('ancient');
    lists.pass(KEEP_REMOVED_MS + 60_000);
    await lists.sweep();
    expect(await lists.service.database.query(`SELECT * FROM transactions.removed_tokens WHERE tenant = 'ancient'`)).toEqual([]);
    await lists.connect('ancient', 'ocpp1.6');
    await lists.sweep();
    await lists.answer({ listVersion: (await lists.show('ancient')).reportedVersion });
    expect([lists.sent().updateType, ...tags(lists.sent())]).toEqual(['Full', 'BBB', 'CCC']);
  });

  it.each(['answered', 'unknown'] as const)('one that reconnected during a Differential (%s) gets a Full', async (status) => {
    const tenant = `doubt-${status}`;
    await lists.synced(tenant, ['AAA']);
    await lists.put(tenant, 'BBB');
    await lists.sweep();
    const { listVersion } = lists.sent();
    await lists.connect(tenant, 'ocpp1.6'); // its list may be lost: it takes the Differential all the same
    await lists.end(lists.last(), { status, response: status === 'answered' ? { status: 'Accepted' } : null });
    if (status === 'unknown') lists.pass(UNANSWERED_MS);
    await lists.sweep();
    await lists.answer({ listVersion });
    expect([lists.sent().updateType, ...tags(lists.sent())]).toEqual(['Full', 'AAA', 'BBB']);
  });

  it('nothing is sent while it is away; the end of an older connection does not make it so', async () => {
    await lists.synced('away', ['AAA']);
    await lists.disconnect('away');
    await lists.put('away', 'BBB');
    await lists.sweep();
    expect(lists.service.sent).toEqual([]);
    await lists.connect('away', 'ocpp1.6');
    await lists.disconnect('away', lists.epoch - 1);
    await lists.sweep();
    expect(lists.service.sent).toHaveLength(1);
    await lists.answer({ listVersion: (await lists.show('away')).reportedVersion });
    await lists.connect('away', 'ocpp1.6', 'CS-1', lists.epoch); // published twice
    await lists.accept();
    await lists.sweep();
    expect(lists.service.sent).toHaveLength(2);
  });

  it.each(['offline', 'expired', 'unknown', 'busy', 'cancelled'] as const)(
    '%s: waits for the next connection, and asks first',
    async (status) => {
      await lists.synced(`gone-${status}`, ['AAA']);
      await lists.put(`gone-${status}`, 'BBB');
      await lists.sweep();
      await lists.end(lists.last(), { status });
      await lists.sweep();
      expect(lists.service.sent).toHaveLength(1);
      expect(await lists.show(`gone-${status}`)).toMatchObject({ state: 'pending', lastOutcome: status });
      await lists.connect(`gone-${status}`, 'ocpp1.6');
      await lists.sweep();
      expect(lists.last().action).toBe('GetLocalListVersion');
      await lists.answer({ listVersion: (await lists.show(`gone-${status}`)).reportedVersion });
      expect([lists.sent().updateType, ...tags(lists.sent())]).toEqual(['Differential', 'BBB']);
    },
  );

  it('one that stays connected and did not answer is asked again after an hour', async () => {
    await lists.synced('mute', ['AAA']);
    await lists.put('mute', 'BBB');
    await lists.sweep();
    await lists.end(lists.last(), { status: 'unknown' });
    lists.pass(UNANSWERED_MS);
    await lists.sweep();
    expect(lists.last().action).toBe('GetLocalListVersion');
  });

  it('a Full whose answer was lost is not sent again when the station has its version', async () => {
    await lists.put('proof', 'AAA');
    await lists.on('proof');
    await lists.connect('proof', 'ocpp1.6');
    await lists.sweep();
    await lists.answer({ listVersion: 0 });
    const { listVersion } = lists.sent();
    await lists.end(lists.last(), { status: 'unknown' });
    await lists.connect('proof', 'ocpp1.6');
    await lists.sweep();
    await lists.answer({ listVersion });
    expect(await lists.show('proof')).toMatchObject({ state: 'in-sync' });
    await lists.service.localLists.force({ tenant: 'proof', station: 'CS-1' });
    await lists.sweep();
    expect(lists.sent()).toMatchObject({ updateType: 'Full', listVersion });
    await lists.end(lists.last(), { status: 'unknown' });
    await lists.connect('proof', 'ocpp1.6');
    await lists.sweep();
    await lists.answer({ listVersion }); // had that version before: it proves nothing
    expect(lists.sent()).toMatchObject({ updateType: 'Full' });
  });
});

describe('a process that dies', () => {
  it('between planning and asking: the next one asks the same, under the same id', async () => {
    await lists.synced('crash', ['AAA']);
    await lists.put('crash', 'BBB');
    lists.service.sendingFails = true;
    await expect(lists.sweep()).rejects.toThrow('the bus is away');
    lists.service.sendingFails = false;
    lists.service.restart();
    await lists.sweep();
    const first = lists.last();
    expect(tags(lists.sent())).toEqual(['BBB']);
    await lists.service.database.query(`UPDATE transactions.local_lists SET asked = false WHERE tenant = 'crash'`); // died before it was noted
    await lists.put('crash', 'CCC');
    lists.service.restart();
    await lists.sweep();
    expect(lists.service.sent).toEqual([first, first]);
    await lists.accept();
    expect(tags(lists.sent())).toEqual(['CCC']);
    expect(lists.last().id).not.toBe(first.id);
  });

  it('sends the planned step, though an operator has lowered the entries per message meanwhile', async () => {
    await lists.synced('less', ['AAA']);
    await lists.put('less', 'BBB');
    await lists.put('less', 'CCC');
    lists.service.sendingFails = true;
    await expect(lists.sweep()).rejects.toThrow('the bus is away');
    lists.service.sendingFails = false;
    await lists.on('less', 1);
    await lists.sweep();
    expect(tags(lists.sent())).toEqual(['BBB', 'CCC']);
  });

  it('between parts: the rest follows', async () => {
    for (let count = 0; count < 4; count += 1) await lists.put('resume', `T-${count}`);
    await lists.on('resume', 2);
    await lists.connect('resume', 'ocpp1.6');
    await lists.sweep();
    await lists.answer({ listVersion: 0 });
    lists.service.restart();
    await lists.sweep();
    expect(lists.service.sent).toHaveLength(2);
    await lists.accept();
    expect([lists.sent().updateType, ...tags(lists.sent())]).toEqual(['Differential', 'T-2', 'T-3']);
  });

  it('a command of which no word ever comes does not stop a list for ever', async () => {
    await lists.synced('wordless', ['AAA']);
    await lists.put('wordless', 'BBB');
    await lists.sweep();
    lists.pass(NO_RESULT_MS);
    await lists.sweep();
    expect(await lists.show('wordless')).toMatchObject({ lastOutcome: 'unknown' });
    lists.pass(UNANSWERED_MS);
    await lists.sweep();
    expect(lists.service.sent).toHaveLength(2);
  });
});
