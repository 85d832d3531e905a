import type { Command, CommandRequest, Protocol } from '@voltbus/contracts';
import { checkRequest } from '@voltbus/ocpp';
import type { Token } from '../domain/authorization';
import { commandEnd, startService, type ServiceFixture } from '../service-fixture';
import { MAX_ATTEMPTS, UNANSWERED_MS } from './list';
import { NO_WORD_MS } from './local-lists';
import { ENTRIES_PER_MESSAGE, MAX_ENTRIES } from './parts';
import { KEEP_REMOVED_MS, LONGEST_WAIT_MS, QUIET_MS } from './typeorm-token-changes';

let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service?.close());
beforeEach(async () => {
  await service.database.query('DELETE FROM transactions.local_lists'); // each list alone: the sweep takes them all
  service.asked.length = 0;
  passed = 0;
  service.clock.at = () => new Date(Date.now() + passed);
});

let passed = 0;
let epoch = 0;
/** So much time passes here; nobody waits for it. */
const pass = (ms: number) => void (passed += ms);
const put = (tenant: string, idToken: string, is: Partial<Token> = {}) =>
  service.tokenStore.put(tenant, {
    ...{ idToken, type: 'ISO14443', status: 'Accepted', groupId: null, expiresAt: null, concurrent: false },
    ...is,
  });
const remove = (tenant: string, idToken: string) => service.tokenStore.remove(tenant, idToken);
const on = (tenant: string, entriesPerMessage?: number, station = 'CS-1') =>
  service.localLists.set({ tenant, station }, { mode: 'tokens', entriesPerMessage });
const show = (tenant: string, station = 'CS-1') => service.localLists.show({ tenant, station });
const connect = (tenant: string, protocol: Protocol, station = 'CS-1', at = ++epoch) =>
  service.localLists.came({ tenant, station, protocol, epoch: at, gateway: 'gw', at: '', reason: 'connected' });
/** What was changed is sent, once it is quiet. */
async function sweep(): Promise<void> {
  pass(QUIET_MS + 1_000);
  await service.localLists.sweep();
}

type List = { updateType: string; listVersion?: number; versionNumber?: number; localAuthorizationList?: Record<string, unknown>[] };
function last(): CommandRequest {
  const request = service.asked.at(-1);
  if (request === undefined) throw new Error('nothing was asked');
  return request;
}
/** The list sent last, which a station of that version takes. */
function sent(protocol: Protocol = 'ocpp1.6'): List {
  const { action, payload } = last();
  expect(action).toBe('SendLocalList');
  expect(checkRequest(protocol, action, payload, 'strict')).toMatchObject({ ok: true });
  return payload as List; // checked by its schema
}
const tags = ({ localAuthorizationList = [] }: List) => localAuthorizationList.map(({ idTag }) => idTag);
const end = (request: CommandRequest, how: Partial<Command>) => service.localLists.answered(commandEnd(request, how));
/** What the station says to what it was asked last. */
const answer = (response: object) => end(last(), { response });
const accept = () => answer({ status: 'Accepted' });

/** Switched on, connected, with the tokens given. */
async function synced(tenant: string, tokens: readonly string[], protocol: Protocol = 'ocpp1.6'): Promise<void> {
  for (const idToken of tokens) await put(tenant, idToken);
  await on(tenant);
  await connect(tenant, protocol);
  await sweep();
  await answer(protocol === 'ocpp1.6' ? { listVersion: 0 } : { versionNumber: 0 });
  await accept();
  expect(await show(tenant)).toMatchObject({ state: 'in-sync' });
  service.asked.length = 0;
}

describe('a local list that is kept', () => {
  it('D02.FR.01, D01.FR.01, 1.6 section 5.10: the station is asked what it has, then sent a Full when it has nothing', async () => {
    await put('full', 'AAA', { groupId: 'FLEET', expiresAt: '2040-01-01T00:00:00.000Z' });
    await put('full', 'BBB', { status: 'Blocked' });
    await put('full', 'CCC', { expiresAt: '2020-01-01T00:00:00.000Z' });
    expect(await show('full')).toMatchObject({ mode: 'off', state: 'off', desiredVersion: null, changedAt: null, entries: 0 });
    await on('full');
    await connect('full', 'ocpp1.6');
    expect(await show('full')).toMatchObject({ mode: 'tokens', state: 'pending', reportedVersion: null, entries: 3 });
    await sweep();
    expect(last()).toMatchObject({ tenant: 'full', station: 'CS-1', action: 'GetLocalListVersion', payload: {} });
    await answer({ listVersion: 0 });
    const list = sent();
    expect(list).toMatchObject({ updateType: 'Full', listVersion: (await show('full')).desiredVersion });
    expect(list.localAuthorizationList).toEqual([
      { idTag: 'AAA', idTagInfo: { status: 'Accepted', parentIdTag: 'FLEET', expiryDate: '2040-01-01T00:00:00.000Z' } },
      { idTag: 'BBB', idTagInfo: { status: 'Blocked' } },
      { idTag: 'CCC', idTagInfo: { status: 'Expired', expiryDate: '2020-01-01T00:00:00.000Z' } },
    ]);
    await accept();
    expect(await show('full')).toMatchObject({ state: 'in-sync', reportedVersion: list.listVersion, lastOutcome: 'Accepted' });
    await sweep();
    expect(service.asked).toHaveLength(2);
  });

  it('2.x: tokens have their type and group, also in 2.0.1, which has no other types', async () => {
    await put('two', 'AAA', { type: 'eMAID', groupId: 'FLEET', expiresAt: '2040-01-01T00:00:00.000Z' });
    await put('two', 'BBB', { type: 'EVCCID' });
    const info = {
      status: 'Accepted',
      groupIdToken: { idToken: 'FLEET', type: 'Central' },
      cacheExpiryDateTime: '2040-01-01T00:00:00.000Z',
    };
    const first = { idToken: { idToken: 'AAA', type: 'eMAID' }, idTokenInfo: info };
    for (const [protocol, others] of [
      ['ocpp2.0.1', []],
      ['ocpp2.1', [{ idToken: { idToken: 'BBB', type: 'EVCCID' }, idTokenInfo: { status: 'Accepted' } }]],
    ] as const) {
      await on('two', undefined, protocol);
      await connect('two', protocol, protocol);
      await sweep();
      await answer({ versionNumber: 0 });
      expect(sent(protocol)).toMatchObject({ updateType: 'Full', localAuthorizationList: [first, ...others] });
      await accept();
    }
  });

  it('D01.FR.18, D01.FR.04: a list without tokens is an empty Full, with a version above zero', async () => {
    await on('empty');
    await connect('empty', 'ocpp2.0.1');
    await sweep();
    await answer({ versionNumber: 0 });
    expect(sent('ocpp2.0.1')).toEqual({ versionNumber: 1, updateType: 'Full' });
    await accept();
    expect(await show('empty')).toMatchObject({ state: 'in-sync', desiredVersion: 1, reportedVersion: 1 });
  });

  it('D01.FR.17, D01.FR.19: a Differential has what changed since, under a greater version; what was removed is there without info', async () => {
    await synced('diff', ['AAA', 'BBB', 'CCC']);
    const { reportedVersion } = await show('diff');
    await put('diff', 'aaa', { status: 'Blocked' });
    await remove('diff', 'bbb');
    await put('diff', 'DDD');
    expect(await show('diff')).toMatchObject({ state: 'pending' });
    await sweep();
    const list = sent();
    expect(list).toEqual({
      updateType: 'Differential',
      listVersion: (reportedVersion ?? 0) + 3,
      localAuthorizationList: [
        { idTag: 'aaa', idTagInfo: { status: 'Blocked' } },
        { idTag: 'BBB' },
        { idTag: 'DDD', idTagInfo: { status: 'Accepted' } },
      ],
    });
    await accept();
    expect(await show('diff')).toMatchObject({ state: 'in-sync', reportedVersion: list.listVersion });
  });

  it('D01.FR.06: a token is in a list once, whatever its case and however often it changed', async () => {
    await synced('once', ['Tag']);
    for (const spelled of ['TAG', 'tag', 'tAg']) await put('once', spelled, { status: spelled === 'tAg' ? 'Accepted' : 'Blocked' });
    await remove('once', 'TAG');
    await put('once', 'taG', { groupId: 'G' });
    await sweep();
    expect(tags(sent())).toEqual(['taG']);
    await accept();
    await remove('once', 'taG');
    await put('once', 'NEW');
    await remove('once', 'NEW');
    await sweep();
    expect(tags(sent())).toEqual(['taG', 'NEW']);
  });

  it('2.x: a token that got another type is taken out under the old one; 1.6 knows no types', async () => {
    await synced('typed', ['AAA'], 'ocpp2.0.1');
    await on('typed', undefined, 'CS-16');
    await connect('typed', 'ocpp1.6', 'CS-16');
    await sweep();
    await answer({ listVersion: 0 });
    await accept();
    await put('typed', 'AAA', { type: 'eMAID' });
    await sweep();
    const lists = service.asked.slice(-2);
    expect(lists.map(({ payload }) => payload['localAuthorizationList'])).toEqual(
      expect.arrayContaining([
        [
          { idToken: { idToken: 'AAA', type: 'ISO14443' } },
          { idToken: { idToken: 'AAA', type: 'eMAID' }, idTokenInfo: { status: 'Accepted' } },
        ],
        [{ idTag: 'AAA', idTagInfo: { status: 'Accepted' } }],
      ]),
    );
  });

  it('leaves out what the station could never read, and takes it out where it was', async () => {
    await synced('long', ['AAA']);
    await put('long', 'A'.repeat(21));
    await put('long', 'AAA', { groupId: 'G'.repeat(21) });
    await sweep();
    expect(sent()).toMatchObject({ updateType: 'Differential', localAuthorizationList: [{ idTag: 'AAA' }] });
    await accept();
    expect(await show('long')).toMatchObject({ state: 'in-sync' });
  });

  it('sends nothing for what changes nothing', async () => {
    await synced('same', ['AAA']);
    await put('same', 'AAA', { concurrent: true });
    await remove('same', 'NEVER');
    await sweep();
    expect(service.asked).toEqual([]);
    expect(await show('same')).toMatchObject({ state: 'in-sync' });
  });

  it('finds tokens that an older version of ours has written beside us', async () => {
    await synced('older', ['AAA']);
    await service.database.query(
      `INSERT INTO transactions.tokens (tenant, token, id_token, type, status, concurrent)
       SELECT 'older', n, n, 'ISO14443', 'Accepted', false FROM unnest(ARRAY['BBB', 'CCC']) AS n`,
    );
    await sweep();
    await sweep();
    expect(tags(sent())).toEqual(['BBB', 'CCC']);
  });

  it('waits until tokens stop to change, but not for ever, and sends them together', async () => {
    await synced('burst', ['AAA']);
    for (let count = 0; count < 20; count += 1) await put('burst', `T-${count}`);
    passed = 0; // no time has passed since they changed
    await service.localLists.sweep();
    expect(service.asked).toEqual([]);
    await sweep();
    expect(sent().localAuthorizationList).toHaveLength(20);
    await accept();
    await put('burst', 'U-1');
    await service.database.query(`UPDATE transactions.token_revisions SET changed_at = now() + interval '1 hour' WHERE tenant = 'burst'`);
    await sweep();
    expect(service.asked).toHaveLength(1);
    pass(LONGEST_WAIT_MS);
    await sweep();
    expect(tags(sent())).toEqual(['U-1']);
  });

  it('never mixes tenants', async () => {
    await synced('mine', ['MINE']);
    await synced('theirs', ['THEIRS', 'OTHER']);
    await put('theirs', 'SECRET');
    await remove('theirs', 'OTHER');
    await sweep();
    expect(service.asked.map(({ tenant }) => tenant)).toEqual(['theirs']);
    expect(await show('mine')).toMatchObject({ state: 'in-sync', entries: 1 });
    expect(await show('nobody')).toMatchObject({ mode: 'off' });
  });
});

describe('a list that is too long for one message', () => {
  it('D01.FR.11: first part Full, the rest Differential with rising versions, each after the one before was accepted', async () => {
    for (let count = 0; count < 5; count += 1) await put('parts', `T-${count}`);
    await on('parts', 2);
    await connect('parts', 'ocpp1.6');
    await sweep();
    await answer({ listVersion: 0 });
    const parts: List[] = [];
    for (let part = 0; part < 3; part += 1) {
      parts.push(sent());
      expect(service.asked).toHaveLength(part + 2);
      expect(await show('parts')).toMatchObject({ state: 'pending' });
      await accept();
    }
    expect(parts.map((part) => [part.updateType, part.listVersion, tags(part)])).toEqual([
      ['Full', 3, ['T-0', 'T-1']],
      ['Differential', 5, ['T-2', 'T-3']],
      ['Differential', 6, ['T-4']],
    ]);
    expect(await show('parts')).toMatchObject({ state: 'in-sync', reportedVersion: 6 });
  });

  it('a token that changes or goes while parts are under way is right in the end', async () => {
    for (let count = 0; count < 4; count += 1) await put('moving', `T-${count}`);
    await on('moving', 2);
    await connect('moving', 'ocpp1.6');
    await sweep();
    await answer({ listVersion: 0 });
    const station = new Map<string, unknown>();
    const take = () => {
      const list = sent();
      if (list.updateType === 'Full') station.clear();
      for (const { idTag, idTagInfo } of list.localAuthorizationList ?? [])
        if (idTagInfo === undefined) station.delete(String(idTag));
        else station.set(String(idTag), idTagInfo);
    };
    take();
    await remove('moving', 'T-0');
    await put('moving', 'T-3', { status: 'Blocked' });
    await put('moving', 'T-9');
    for (let part = 0; (await show('moving')).state !== 'in-sync' && part < 9; part += 1) {
      await accept();
      await sweep();
      if ((await show('moving')).state !== 'in-sync') take();
    }
    expect(Object.fromEntries(station)).toEqual({
      'T-1': { status: 'Accepted' },
      'T-2': { status: 'Accepted' },
      'T-3': { status: 'Blocked' },
      'T-9': { status: 'Accepted' },
    });
  });

  it(`a message has ${ENTRIES_PER_MESSAGE} entries unless an operator says otherwise; a tenant with more than ${MAX_ENTRIES} tokens has no list`, async () => {
    await service.database.query(
      `INSERT INTO transactions.tokens (tenant, token, id_token, type, status, concurrent, revision)
       SELECT 'huge', 'T' || n, 'T' || n, 'ISO14443', 'Accepted', false, n + 1 FROM generate_series(1, $1::integer) AS n`,
      [MAX_ENTRIES + 1],
    );
    await service.database.query(`INSERT INTO transactions.token_revisions (tenant, revision) VALUES ('huge', $1)`, [MAX_ENTRIES + 2]);
    await on('huge');
    await connect('huge', 'ocpp1.6');
    await sweep();
    await answer({ listVersion: 0 });
    expect(service.asked).toHaveLength(1);
    expect(await show('huge')).toMatchObject({ state: 'failed', lastOutcome: expect.stringContaining('more than') as string });
    await remove('huge', 'T1');
    await service.localLists.force({ tenant: 'huge', station: 'CS-1' });
    await sweep();
    await answer({ listVersion: 0 });
    expect(sent().localAuthorizationList).toHaveLength(ENTRIES_PER_MESSAGE);
  });
});

describe('what a station answers', () => {
  it.each(['Failed', 'VersionMismatch'])('D01.FR.02, D01.FR.03: %s to a Differential is healed with a Full at once', async (status) => {
    const tenant = `heal-${status}`;
    await synced(tenant, ['AAA']);
    await put(tenant, 'BBB');
    await sweep();
    expect(sent()).toMatchObject({ updateType: 'Differential' });
    await answer({ status });
    expect(sent()).toMatchObject({ updateType: 'Full' });
    expect(tags(sent())).toEqual(['AAA', 'BBB']);
    await accept();
    expect(await show(tenant)).toMatchObject({ state: 'in-sync' });
  });

  it('a Full that failed is tried again, later and later, and then no more until an operator says so', async () => {
    await synced('fails', ['AAA']);
    await service.localLists.force({ tenant: 'fails', station: 'CS-1' });
    await sweep();
    const waits = [60_000, 300_000, 1_800_000, 7_200_000, 86_400_000];
    for (const wait of waits.slice(0, -1)) {
      const before = service.asked.length;
      await answer({ status: 'Failed' });
      expect(await show('fails')).toMatchObject({ state: 'failed', lastOutcome: 'Failed' });
      pass(wait - 10_000);
      await sweep();
      expect(service.asked).toHaveLength(before);
      pass(10_000);
      await sweep();
      expect(service.asked).toHaveLength(before + 1);
      expect(sent()).toMatchObject({ updateType: 'Full' });
    }
    await answer({ status: 'Failed' });
    expect(service.asked).toHaveLength(MAX_ATTEMPTS);
    pass(30 * 86_400_000);
    await connect('fails', 'ocpp1.6');
    await sweep();
    expect(service.asked).toHaveLength(MAX_ATTEMPTS);
    await service.localLists.force({ tenant: 'fails', station: 'CS-1' });
    await sweep();
    expect(last().action).toBe('GetLocalListVersion');
    await answer({ listVersion: 2 });
    await accept();
    expect(await show('fails')).toMatchObject({ state: 'in-sync' });
  });

  it('a station that takes the first part and refuses the second is not sent the first for ever', async () => {
    for (let count = 0; count < 4; count += 1) await put('full-up', `T-${count}`);
    await on('full-up', 2);
    await connect('full-up', 'ocpp1.6');
    await sweep();
    await answer({ listVersion: 0 });
    for (let round = 0; round < 20; round += 1) {
      const { updateType } = sent();
      const before = service.asked.length;
      await answer({ status: updateType === 'Full' ? 'Accepted' : 'Failed' });
      if (service.asked.length === before) pass(86_400_000); // patience
      await sweep();
      if (service.asked.length === before) break;
    }
    expect(service.asked).toHaveLength(1 + 2 * MAX_ATTEMPTS);
    expect(await show('full-up')).toMatchObject({ state: 'failed' });
  });

  it.each<[string, Partial<Command>]>([
    ['-1 (1.6)', { response: { listVersion: -1 } }],
    ['NotSupported', { status: 'error', error: { code: 'NotSupported', description: '' } }],
    ['NotImplemented', { status: 'error', error: { code: 'NotImplemented', description: '' } }],
  ])('a station that knows no lists (%s) is not asked again until an operator says so', async (how, said) => {
    const tenant = `unable-${how}`;
    await on(tenant);
    await sweep();
    await end(last(), said);
    expect(await show(tenant)).toMatchObject({ state: 'not-supported' });
    await put(tenant, 'AAA');
    await connect(tenant, 'ocpp1.6');
    pass(86_400_000);
    await sweep();
    expect(service.asked).toHaveLength(1);
    await on(tenant);
    await sweep();
    expect(service.asked).toHaveLength(2);
  });

  it('1.6: NotSupported to the list itself counts as well', async () => {
    await synced('unable', ['AAA']);
    await put('unable', 'BBB');
    await sweep();
    await answer({ status: 'NotSupported' });
    expect(await show('unable')).toMatchObject({ state: 'not-supported', lastOutcome: 'NotSupported' });
  });

  it('an answer that comes twice, or to a list that an operator has sent himself, changes nothing', async () => {
    await synced('twice', ['AAA']);
    await put('twice', 'BBB');
    await sweep();
    const differential = last();
    await accept();
    await put('twice', 'CCC');
    await sweep();
    await end(differential, { response: { status: 'Failed' } });
    await end({ ...differential, id: '00000000-0000-4000-8000-000000000000' }, { response: { status: 'NotSupported' } });
    expect(service.asked).toHaveLength(2);
    await accept();
    expect(await show('twice')).toMatchObject({ state: 'in-sync' });
  });

  it('is asked one thing at a time', async () => {
    await synced('one', ['AAA']);
    await put('one', 'BBB');
    await sweep();
    await put('one', 'CCC');
    await connect('one', 'ocpp1.6');
    await sweep();
    expect(service.asked).toHaveLength(1);
    await accept();
    expect(last().action).toBe('GetLocalListVersion');
  });
});

describe('a station that comes and goes', () => {
  it.each<[string, (version: number) => number, string[] | null]>([
    ['what we know is in sync', (version) => version, null],
    ['less gets what changed since', (version) => version - 1, ['Differential', 'CCC']],
    ['nothing gets a Full', () => 0, ['Full', 'AAA', 'BBB', 'CCC']],
    ['more than we ever sent gets a Full', (version) => version + 100, ['Full', 'AAA', 'BBB', 'CCC']],
  ])('D02: is asked when it connects; one that has %s', async (what, has, expected) => {
    const tenant = `back-${what}`;
    await synced(tenant, ['AAA', 'BBB', 'CCC']);
    const { desiredVersion } = await show(tenant);
    await connect(tenant, 'ocpp1.6');
    expect(await show(tenant)).toMatchObject({ state: 'pending' });
    await sweep();
    expect(last().action).toBe('GetLocalListVersion');
    await answer({ listVersion: has(desiredVersion ?? 0) });
    if (expected === null) expect(service.asked).toHaveLength(1);
    else {
      expect([sent().updateType, ...tags(sent())]).toEqual(expected);
      await accept();
    }
    expect(await show(tenant)).toMatchObject({ state: 'in-sync', reportedVersion: desiredVersion });
  });

  it('one that has an old list, from before a Full, is told of every removal since', async () => {
    await synced('old', ['AAA', 'BBB']);
    const { reportedVersion } = await show('old');
    await remove('old', 'AAA');
    await service.localLists.force({ tenant: 'old', station: 'CS-1' });
    await sweep();
    expect([sent().updateType, ...tags(sent())]).toEqual(['Full', 'BBB']);
    await accept();
    await connect('old', 'ocpp1.6');
    await sweep();
    await answer({ listVersion: reportedVersion });
    expect([sent().updateType, ...tags(sent())]).toEqual(['Differential', 'AAA']);
  });

  it('one that has a list from before what we know of removals gets a Full', async () => {
    await synced('ancient', ['AAA', 'BBB']);
    await remove('ancient', 'AAA');
    await put('ancient', 'CCC');
    await service.localLists.went({ tenant: 'ancient', station: 'CS-1', protocol: 'ocpp1.6', epoch, gateway: '', at: '', reason: '' });
    pass(KEEP_REMOVED_MS + 60_000);
    await sweep();
    expect(await service.database.query(`SELECT * FROM transactions.removed_tokens WHERE tenant = 'ancient'`)).toEqual([]);
    await connect('ancient', 'ocpp1.6');
    await sweep();
    await answer({ listVersion: (await show('ancient')).reportedVersion });
    expect([sent().updateType, ...tags(sent())]).toEqual(['Full', 'BBB', 'CCC']);
  });

  it.each(['answered', 'unknown'] as const)('one that came back while a Differential was on its way (%s) gets a Full', async (status) => {
    const tenant = `doubt-${status}`;
    await synced(tenant, ['AAA']);
    await put(tenant, 'BBB');
    await sweep();
    const { listVersion } = sent();
    await connect(tenant, 'ocpp1.6'); // its list may be lost: it takes the Differential all the same
    await end(last(), { status, response: status === 'answered' ? { status: 'Accepted' } : null });
    if (status === 'unknown') pass(UNANSWERED_MS);
    await sweep();
    await answer({ listVersion });
    expect([sent().updateType, ...tags(sent())]).toEqual(['Full', 'AAA', 'BBB']);
  });

  it('nothing is sent while it is away; the end of an older connection does not make it so', async () => {
    await synced('away', ['AAA']);
    const event = { tenant: 'away', station: 'CS-1', protocol: 'ocpp1.6', gateway: '', at: '', reason: '' } as const;
    await service.localLists.went({ ...event, epoch });
    await put('away', 'BBB');
    await sweep();
    expect(service.asked).toEqual([]);
    await connect('away', 'ocpp1.6');
    await service.localLists.went({ ...event, epoch: epoch - 1 });
    await sweep();
    expect(service.asked).toHaveLength(1);
    await answer({ listVersion: (await show('away')).reportedVersion });
    await connect('away', 'ocpp1.6', 'CS-1', epoch); // told twice
    await accept();
    await sweep();
    expect(service.asked).toHaveLength(2);
  });

  it.each(['offline', 'expired', 'unknown', 'busy', 'cancelled'] as const)(
    '%s: waits for the next connection, and asks first',
    async (status) => {
      await synced(`gone-${status}`, ['AAA']);
      await put(`gone-${status}`, 'BBB');
      await sweep();
      await end(last(), { status });
      await sweep();
      expect(service.asked).toHaveLength(1);
      expect(await show(`gone-${status}`)).toMatchObject({ state: 'pending', lastOutcome: status });
      await connect(`gone-${status}`, 'ocpp1.6');
      await sweep();
      expect(last().action).toBe('GetLocalListVersion');
      await answer({ listVersion: (await show(`gone-${status}`)).reportedVersion });
      expect([sent().updateType, ...tags(sent())]).toEqual(['Differential', 'BBB']);
    },
  );

  it('one that stays connected and did not answer is asked again after an hour', async () => {
    await synced('mute', ['AAA']);
    await put('mute', 'BBB');
    await sweep();
    await end(last(), { status: 'unknown' });
    pass(UNANSWERED_MS);
    await sweep();
    expect(last().action).toBe('GetLocalListVersion');
  });

  it('a Full whose answer was lost is not sent again when the station has its version', async () => {
    await put('proof', 'AAA');
    await on('proof');
    await connect('proof', 'ocpp1.6');
    await sweep();
    await answer({ listVersion: 0 });
    const { listVersion } = sent();
    await end(last(), { status: 'unknown' });
    await connect('proof', 'ocpp1.6');
    await sweep();
    await answer({ listVersion });
    expect(await show('proof')).toMatchObject({ state: 'in-sync' });
    await service.localLists.force({ tenant: 'proof', station: 'CS-1' });
    await sweep();
    expect(sent()).toMatchObject({ updateType: 'Full', listVersion });
    await end(last(), { status: 'unknown' });
    await connect('proof', 'ocpp1.6');
    await sweep();
    await answer({ listVersion }); // had that version before: it proves nothing
    expect(sent()).toMatchObject({ updateType: 'Full' });
  });
});

describe('a process that dies', () => {
  it('between planning and asking: the next one asks the same, under the same id', async () => {
    await synced('crash', ['AAA']);
    await put('crash', 'BBB');
    service.askFails = true;
    await expect(sweep()).rejects.toThrow('the bus is away');
    service.askFails = false;
    service.restart();
    await sweep();
    const first = last();
    expect(tags(sent())).toEqual(['BBB']);
    await service.database.query(`UPDATE transactions.local_lists SET asked = false WHERE tenant = 'crash'`); // died before it was noted
    await put('crash', 'CCC');
    service.restart();
    await sweep();
    expect(service.asked).toEqual([first, first]);
    await accept();
    expect(tags(sent())).toEqual(['CCC']);
    expect(last().id).not.toBe(first.id);
  });

  it('sends what was planned, though an operator has said meanwhile that the station takes less at once', async () => {
    await synced('less', ['AAA']);
    await put('less', 'BBB');
    await put('less', 'CCC');
    service.askFails = true;
    await expect(sweep()).rejects.toThrow('the bus is away');
    service.askFails = false;
    await on('less', 1);
    await sweep();
    expect(tags(sent())).toEqual(['BBB', 'CCC']);
  });

  it('between parts: the rest follows', async () => {
    for (let count = 0; count < 4; count += 1) await put('resume', `T-${count}`);
    await on('resume', 2);
    await connect('resume', 'ocpp1.6');
    await sweep();
    await answer({ listVersion: 0 });
    service.restart();
    await sweep();
    expect(service.asked).toHaveLength(2);
    await accept();
    expect([sent().updateType, ...tags(sent())]).toEqual(['Differential', 'T-2', 'T-3']);
  });

  it('a command of which no word ever comes does not stop a list for ever', async () => {
    await synced('wordless', ['AAA']);
    await put('wordless', 'BBB');
    await sweep();
    pass(NO_WORD_MS);
    await sweep();
    expect(await show('wordless')).toMatchObject({ lastOutcome: 'unknown' });
    pass(UNANSWERED_MS);
    await sweep();
    expect(service.asked).toHaveLength(2);
  });
});

describe('an operator', () => {
  it('switches it off: the station is left alone', async () => {
    await synced('off', ['AAA']);
    await service.localLists.set({ tenant: 'off', station: 'CS-1' }, { mode: 'off' });
    await put('off', 'BBB');
    await connect('off', 'ocpp1.6');
    await sweep();
    expect(service.asked).toEqual([]);
    expect(await show('off')).toMatchObject({ mode: 'off', state: 'off' });
    await expect(service.localLists.force({ tenant: 'off', station: 'CS-1' })).rejects.toMatchObject({ code: 'conflict' });
  });

  it('switches it on once more while it works: nothing is sent', async () => {
    await synced('again', ['AAA']);
    await on('again');
    await sweep();
    expect(service.asked).toEqual([]);
  });

  it('has all of it sent', async () => {
    await synced('forced', ['AAA']);
    await service.localLists.force({ tenant: 'forced', station: 'CS-1' });
    expect(await show('forced')).toMatchObject({ state: 'pending' });
    await sweep();
    expect([sent().updateType, ...tags(sent())]).toEqual(['Full', 'AAA']);
  });
});
