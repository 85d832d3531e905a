import { LocalListHarness, tags, type SentList } from './testing/local-list-harness';
import { ENTRIES_PER_MESSAGE, MAX_ENTRIES } from './list-parts';
import { LONGEST_WAIT_MS } from './store/typeorm-token-changes';

let lists: LocalListHarness;
beforeAll(async () => {
  lists = await LocalListHarness.start();
});
afterAll(() => lists?.close());
beforeEach(() => lists.begin());

describe('a local list that is kept', () => {
  it('D02.FR.01, D01.FR.01, 1.6 section 5.10: the station is asked what it has, then sent a Full when it has nothing', async () => {
    await lists.put('full', 'AAA', { groupId: 'FLEET', expiresAt: '2040-01-01T00:00:00.000Z' });
    await lists.put('full', 'BBB', { status: 'Blocked' });
    await lists.put('full', 'CCC', { expiresAt: '2020-01-01T00:00:00.000Z' });
    expect(await lists.show('full')).toMatchObject({ mode: 'off', state: 'off', desiredVersion: null, changedAt: null, entries: 0 });
    await lists.on('full');
    await lists.connect('full', 'ocpp1.6');
    expect(await lists.show('full')).toMatchObject({ mode: 'tokens', state: 'pending', reportedVersion: null, entries: 3 });
    await lists.sweep();
    expect(lists.last()).toMatchObject({ tenant: 'full', station: 'CS-1', action: 'GetLocalListVersion', payload: {} });
    await lists.answer({ listVersion: 0 });
    const list = lists.sent();
    expect(list).toMatchObject({ updateType: 'Full', listVersion: (await lists.show('full')).desiredVersion });
    expect(list.localAuthorizationList).toEqual([
      { idTag: 'AAA', idTagInfo: { status: 'Accepted', parentIdTag: 'FLEET', expiryDate: '2040-01-01T00:00:00.000Z' } },
      { idTag: 'BBB', idTagInfo: { status: 'Blocked' } },
      { idTag: 'CCC', idTagInfo: { status: 'Expired', expiryDate: '2020-01-01T00:00:00.000Z' } },
    ]);
    await lists.accept();
    expect(await lists.show('full')).toMatchObject({ state: 'in-sync', reportedVersion: list.listVersion, lastOutcome: 'Accepted' });
    await lists.sweep();
    expect(lists.service.sent).toHaveLength(2);
  });

  it('2.x: tokens have their type and group, also in 2.0.1, which has no other types', async () => {
    await lists.put('two', 'AAA', { type: 'eMAID', groupId: 'FLEET', expiresAt: '2040-01-01T00:00:00.000Z' });
    await lists.put('two', 'BBB', { type: 'EVCCID' });
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
      await lists.on('two', undefined, protocol);
      await lists.connect('two', protocol, protocol);
      await lists.sweep();
      await lists.answer({ versionNumber: 0 });
      expect(lists.sent(protocol)).toMatchObject({ updateType: 'Full', localAuthorizationList: [first, ...others] });
      await lists.accept();
    }
  });

  it('D01.FR.18, D01.FR.04: a list without tokens is an empty Full, with a version above zero', async () => {
    await lists.on('empty');
    await lists.connect('empty', 'ocpp2.0.1');
    await lists.sweep();
    await lists.answer({ versionNumber: 0 });
    expect(lists.sent('ocpp2.0.1')).toEqual({ versionNumber: 1, updateType: 'Full' });
    await lists.accept();
    expect(await lists.show('empty')).toMatchObject({ state: 'in-sync', desiredVersion: 1, reportedVersion: 1 });
  });

  it('D01.FR.17, D01.FR.19: a Differential has what changed since, under a greater version; what was removed is there without info', async () => {
    await lists.synced('diff', ['AAA', 'BBB', 'CCC']);
    const { reportedVersion } = await lists.show('diff');
    await lists.put('diff', 'aaa', { status: 'Blocked' });
    await lists.remove('diff', 'bbb');
    await lists.put('diff', 'DDD');
    expect(await lists.show('diff')).toMatchObject({ state: 'pending' });
    await lists.sweep();
    const list = lists.sent();
    expect(list).toEqual({
      updateType: 'Differential',
      listVersion: (reportedVersion ?? 0) + 3,
      localAuthorizationList: [
        { idTag: 'aaa', idTagInfo: { status: 'Blocked' } },
        { idTag: 'BBB' },
        { idTag: 'DDD', idTagInfo: { status: 'Accepted' } },
      ],
    });
    await lists.accept();
    expect(await lists.show('diff')).toMatchObject({ state: 'in-sync', reportedVersion: list.listVersion });
  });

  it('D01.FR.06: a token is in a list once, whatever its case and however often it changed', async () => {
    await lists.synced('once', ['Tag']);
    for (const spelled of ['TAG', 'tag', 'tAg']) await lists.put('once', spelled, { status: spelled === 'tAg' ? 'Accepted' : 'Blocked' });
    await lists.remove('once', 'TAG');
    await lists.put('once', 'taG', { groupId: 'G' });
    await lists.sweep();
    expect(tags(lists.sent())).toEqual(['taG']);
    await lists.accept();
    await lists.remove('once', 'taG');
    await lists.put('once', 'NEW');
    await lists.remove('once', 'NEW');
    await lists.sweep();
    expect(tags(lists.sent())).toEqual(['taG', 'NEW']);
  });

  it('2.x: a token that got another type is taken out under the old one; 1.6 knows no types', async () => {
    await lists.synced('typed', ['AAA'], 'ocpp2.0.1');
    await lists.on('typed', undefined, 'CS-16');
    await lists.connect('typed', 'ocpp1.6', 'CS-16');
    await lists.sweep();
    await lists.answer({ listVersion: 0 });
    await lists.accept();
    await lists.put('typed', 'AAA', { type: 'eMAID' });
    await lists.sweep();
    expect(lists.service.sent.slice(-2).map(({ payload }) => payload['localAuthorizationList'])).toEqual(
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
    await lists.synced('long', ['AAA']);
    await lists.put('long', 'A'.repeat(21));
    await lists.put('long', 'AAA', { groupId: 'G'.repeat(21) });
    await lists.sweep();
    expect(lists.sent()).toMatchObject({ updateType: 'Differential', localAuthorizationList: [{ idTag: 'AAA' }] });
    await lists.accept();
    expect(await lists.show('long')).toMatchObject({ state: 'in-sync' });
  });

  it('sends nothing for what changes nothing', async () => {
    await lists.synced('same', ['AAA']);
    await lists.put('same', 'AAA', { concurrent: true });
    await lists.remove('same', 'NEVER');
    await lists.sweep();
    expect(lists.service.sent).toEqual([]);
    expect(await lists.show('same')).toMatchObject({ state: 'in-sync' });
  });

  it('finds tokens that an older version of ours has written beside us', async () => {
    await lists.synced('older', ['AAA']);
    await lists.service.database.query(
      `INSERT INTO transactions.tokens (tenant, token, id_token, type, status, concurrent)
       SELECT 'older', n, n, 'ISO14443', 'Accepted', false FROM unnest(ARRAY['BBB', 'CCC']) AS n`,
    );
    await lists.sweep();
    await lists.sweep();
    expect(tags(lists.sent())).toEqual(['BBB', 'CCC']);
  });

  it('waits until tokens stop to change, but not for ever, and sends them together', async () => {
    await lists.synced('burst', ['AAA']);
    for (let count = 0; count < 20; count += 1) await lists.put('burst', `T-${count}`);
    lists.now(); // no time has passed since they changed
    await lists.service.localLists.sweep();
    expect(lists.service.sent).toEqual([]);
    await lists.sweep();
    expect(lists.sent().localAuthorizationList).toHaveLength(20);
    await lists.accept();
    await lists.put('burst', 'U-1');
    await lists.service.database.query(
      `UPDATE transactions.token_revisions SET changed_at = now() + interval '1 hour' WHERE tenant = 'burst'`,
    );
    await lists.sweep();
    expect(lists.service.sent).toHaveLength(1);
    lists.pass(LONGEST_WAIT_MS);
    await lists.sweep();
    expect(tags(lists.sent())).toEqual(['U-1']);
  });

  it('never mixes tenants', async () => {
    await lists.synced('mine', ['MINE']);
    await lists.synced('theirs', ['THEIRS', 'OTHER']);
    await lists.put('theirs', 'SECRET');
    await lists.remove('theirs', 'OTHER');
    await lists.sweep();
    expect(lists.service.sent.map(({ tenant }) => tenant)).toEqual(['theirs']);
    expect(await lists.show('mine')).toMatchObject({ state: 'in-sync', entries: 1 });
    expect(await lists.show('nobody')).toMatchObject({ mode: 'off' });
  });
});

describe('a list that is too long for one message', () => {
  it('D01.FR.11: first part Full, the rest Differential with rising versions, each after the one before was accepted', async () => {
    for (let count = 0; count < 5; count += 1) await lists.put('parts', `T-${count}`);
    await lists.on('parts', 2);
    await lists.connect('parts', 'ocpp1.6');
    await lists.sweep();
    await lists.answer({ listVersion: 0 });
    const parts: SentList[] = [];
    for (let part = 0; part < 3; part += 1) {
      parts.push(lists.sent());
      expect(lists.service.sent).toHaveLength(part + 2);
      expect(await lists.show('parts')).toMatchObject({ state: 'pending' });
      await lists.accept();
    }
    expect(parts.map((part) => [part.updateType, part.listVersion, tags(part)])).toEqual([
      ['Full', 3, ['T-0', 'T-1']],
      ['Differential', 5, ['T-2', 'T-3']],
      ['Differential', 6, ['T-4']],
    ]);
    expect(await lists.show('parts')).toMatchObject({ state: 'in-sync', reportedVersion: 6 });
  });

  it('a token that changes or goes while parts are under way is right in the end', async () => {
    for (let count = 0; count < 4; count += 1) await lists.put('moving', `T-${count}`);
    await lists.on('moving', 2);
    await lists.connect('moving', 'ocpp1.6');
    await lists.sweep();
    await lists.answer({ listVersion: 0 });
    const station = new Map<string, unknown>();
    const take = () => {
      const list = lists.sent();
      if (list.updateType === 'Full') station.clear();
      for (const { idTag, idTagInfo } of list.localAuthorizationList ?? [])
        if (idTagInfo === undefined) station.delete(String(idTag));
        else station.set(String(idTag), idTagInfo);
    };
    take();
    await lists.remove('moving', 'T-0');
    await lists.put('moving', 'T-3', { status: 'Blocked' });
    await lists.put('moving', 'T-9');
    for (let part = 0; (await lists.show('moving')).state !== 'in-sync' && part < 9; part += 1) {
      await lists.accept();
      await lists.sweep();
      if ((await lists.show('moving')).state !== 'in-sync') take();
    }
    expect(Object.fromEntries(station)).toEqual({
      'T-1': { status: 'Accepted' },
      'T-2': { status: 'Accepted' },
      'T-3': { status: 'Blocked' },
      'T-9': { status: 'Accepted' },
    });
  });

  it(`a message has ${ENTRIES_PER_MESSAGE} entries unless an operator sets another number; a tenant with more than ${MAX_ENTRIES} tokens has no list`, async () => {
    await lists.service.database.query(
      `INSERT INTO transactions.tokens (tenant, token, id_token, type, status, concurrent, revision)
       SELECT 'huge', 'T' || n, 'T' || n, 'ISO14443', 'Accepted', false, n + 1 FROM generate_series(1, $1::integer) AS n`,
      [MAX_ENTRIES + 1],
    );
    await lists.service.database.query(`INSERT INTO transactions.token_revisions (tenant, revision) VALUES ('huge', $1)`, [
      MAX_ENTRIES + 2,
    ]);
    await lists.on('huge');
    await lists.connect('huge', 'ocpp1.6');
    await lists.sweep();
    await lists.answer({ listVersion: 0 });
    expect(lists.service.sent).toHaveLength(1);
    expect(await lists.show('huge')).toMatchObject({ state: 'failed', lastOutcome: expect.stringContaining('more than') as string });
    await lists.remove('huge', 'T1');
    await lists.service.localLists.force({ tenant: 'huge', station: 'CS-1' });
    await lists.sweep();
    await lists.answer({ listVersion: 0 });
    expect(lists.sent().localAuthorizationList).toHaveLength(ENTRIES_PER_MESSAGE);
  });
});
