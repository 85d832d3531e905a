import type { Command } from '@voltbus/contracts';
import { checkRequest } from '@voltbus/ocpp';
import { LocalListHarness } from './testing/local-list-harness';
import { KEEP_REMOVED_MS } from './store/typeorm-token-changes';

let lists: LocalListHarness;
beforeAll(async () => {
  lists = await LocalListHarness.start();
});
afterAll(() => lists?.close());
beforeEach(() => lists.begin());

async function synced(tenant: string, tokens: readonly string[], stations = ['CS-1']): Promise<void> {
  for (const idToken of tokens) await lists.put(tenant, idToken);
  for (const station of stations) await lists.synced(tenant, [], 'ocpp2.0.1', station);
}
const cleared = (tenant: string, payload: object, how: Partial<Command> = {}) =>
  lists.service.localLists.onCustomerCleared({
    ...{ id: '', tenant, station: 'CS-1', action: 'CustomerInformation', status: 'answered', response: { status: 'Accepted' } },
    ...{ payload: { requestId: 1, report: true, clear: true, ...payload }, error: null, createdAt: '', sentAt: null, endedAt: '' },
    ...how,
  });
const driver = (idToken: string) => ({ idToken: { idToken, type: 'ISO14443' } });
const sent = (station = 'CS-1') =>
  lists.service.sent
    .filter((request) => request.station === station && request.action === 'SendLocalList')
    .map(({ payload }) => {
      expect(checkRequest('ocpp2.0.1', 'SendLocalList', payload, 'strict')).toMatchObject({ ok: true });
      const { updateType, localAuthorizationList: entries = [] } = payload as { updateType: string; localAuthorizationList?: object[] }; // checked above
      return [updateType, ...(entries as { idToken: { idToken: string }; idTokenInfo?: object }[]).map(shown)];
    });
const shown = ({ idToken, idTokenInfo }: { idToken: { idToken: string }; idTokenInfo?: object }) =>
  `${idTokenInfo === undefined ? '-' : '+'}${idToken.idToken}`;

describe('N10.FR.02: a station that has cleared the data of a driver', () => {
  it('is sent a Differential without his entry, under a higher version; the others keep theirs', async () => {
    await synced('forget', ['ANN', 'BEN'], ['CS-1', 'CS-2']);
    const { reportedVersion } = await lists.show('forget');
    await cleared('forget', driver('ann'));
    expect(await lists.show('forget')).toMatchObject({ state: 'pending', entries: 1 });
    await lists.sweep();
    expect(sent()).toEqual([['Differential', '-ANN']]);
    expect(lists.service.sent.find(({ station }) => station === 'CS-1')?.payload).toMatchObject({
      versionNumber: (reportedVersion ?? 0) + 1,
    });
    expect(sent('CS-2')).toEqual([['Differential']]);
    expect(await lists.show('forget', 'CS-2')).toMatchObject({ entries: 2 });
  });

  it('has no entry of his in later lists either, until his token changes', async () => {
    await synced('later', ['ANN', 'BEN']);
    await cleared('later', driver('ANN'));
    await lists.sweep();
    await lists.accept();
    await lists.service.localLists.force({ tenant: 'later', station: 'CS-1' });
    await lists.sweep();
    await lists.accept();
    await lists.put('later', 'ANN', { status: 'Blocked' });
    await lists.sweep();
    expect(sent()).toEqual([
      ['Differential', '-ANN'],
      ['Full', '+BEN'],
      ['Differential', '+ANN'],
    ]);
  });

  it('D01.FR.06: each token is listed once, also when it was changed, cleared and removed between two messages', async () => {
    await synced('once', ['ANN', 'BEN', 'CAT']);
    await lists.put('once', 'ANN', { status: 'Blocked' });
    await cleared('once', driver('ANN'));
    await cleared('once', driver('BEN'));
    await lists.put('once', 'BEN', { status: 'Blocked' });
    await cleared('once', driver('CAT'));
    await lists.remove('once', 'CAT');
    await lists.sweep();
    expect(sent()).toEqual([['Differential', '-ANN', '+BEN', '-CAT']]);
  });

  it.each<[string, object, Partial<Command>]>([
    ['refused', driver('ANN'), { response: { status: 'Rejected' } }],
    ['unanswered', driver('ANN'), { status: 'unknown', response: null }],
    ['only-asked', { ...driver('ANN'), clear: false }, {}],
    ['stranger', driver('NOBODY'), {}],
    ['by-another-name', { customerIdentifier: 'Ann' }, {}],
  ])('changes nothing: %s', async (tenant, payload, how) => {
    await synced(tenant, ['ANN']);
    await cleared(tenant, payload, how);
    expect(await lists.show(tenant)).toMatchObject({ state: 'in-sync' });
  });

  it('a repeated clearing changes nothing, nor does one of a token in no list or of a list that is off', async () => {
    await synced('twice', ['ANN']);
    await lists.put('twice', 'BOUND', { allowedAt: [{ station: 'CS-9' }] });
    await cleared('twice', driver('ANN'));
    const { desiredVersion } = await lists.show('twice');
    await cleared('twice', driver('ANN'));
    await cleared('twice', driver('BOUND'));
    expect(await lists.show('twice')).toMatchObject({ desiredVersion });
    await lists.put('off', 'ANN');
    await cleared('off', driver('ANN'));
    expect(await lists.service.database.query("SELECT 1 FROM transactions.erased_entries WHERE tenant = 'off'")).toEqual([]);
  });

  it('what counts no more is forgotten', async () => {
    await synced('old', ['ANN', 'BEN']);
    await cleared('old', driver('ANN'));
    await cleared('old', driver('BEN'));
    await lists.put('old', 'BEN', { status: 'Blocked' });
    lists.pass(KEEP_REMOVED_MS + 60_000);
    await lists.service.localLists.sweep();
    expect(await lists.service.database.query("SELECT token FROM transactions.erased_entries WHERE tenant = 'old'")).toEqual([
      { token: 'ANN' },
    ]);
  });
});
