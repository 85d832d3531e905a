import type { Command } from '@voltbus/contracts';
import { checkRequest } from '@voltbus/ocpp';
import { commandEnd, startService, type ServiceFixture } from '../service-fixture';
import { KEEP_REMOVED_MS, QUIET_MS } from './typeorm-token-changes';

let service: ServiceFixture;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service?.close());
beforeEach(async () => {
  await service.database.query('DELETE FROM transactions.local_lists');
  service.asked.length = 0;
  service.clock.at = () => new Date(Date.now() + passed);
});

let passed = 0;
let epoch = 0;
const put = (tenant: string, idToken: string, more: object = {}) =>
  service.tokenStore.put(tenant, {
    ...{ idToken, type: 'ISO14443', status: 'Accepted', groupId: null, expiresAt: null, concurrent: false },
    ...more,
  });
const show = (tenant: string, station = 'CS-1') => service.localLists.show({ tenant, station });
async function sweep(): Promise<void> {
  passed += QUIET_MS + 1_000;
  await service.localLists.sweep();
}
const answer = (response: object): Promise<void> => {
  const request = service.asked.at(-1);
  if (request === undefined) throw new Error('nothing was asked');
  return service.localLists.answered(commandEnd(request, { response }));
};
async function synced(tenant: string, tokens: readonly string[], stations = ['CS-1']): Promise<void> {
  for (const idToken of tokens) await put(tenant, idToken);
  for (const station of stations) {
    await service.localLists.set({ tenant, station }, { mode: 'tokens' });
    await service.localLists.came({ tenant, station, protocol: 'ocpp2.0.1', epoch: ++epoch, gateway: 'gw', at: '', reason: 'connected' });
    await sweep();
    await answer({ versionNumber: 0 });
    await answer({ status: 'Accepted' });
  }
  service.asked.length = 0;
}
const cleared = (tenant: string, payload: object, how: Partial<Command> = {}) =>
  service.localLists.customerCleared({
    ...{ id: '', tenant, station: 'CS-1', action: 'CustomerInformation', status: 'answered', response: { status: 'Accepted' } },
    ...{ payload: { requestId: 1, report: true, clear: true, ...payload }, error: null, createdAt: '', sentAt: null, endedAt: '' },
    ...how,
  });
const driver = (idToken: string) => ({ idToken: { idToken, type: 'ISO14443' } });
const lists = (station = 'CS-1') =>
  service.asked
    .filter((request) => request.station === station && request.action === 'SendLocalList')
    .map(({ payload }) => {
      expect(checkRequest('ocpp2.0.1', 'SendLocalList', payload, 'strict')).toMatchObject({ ok: true });
      const { updateType, localAuthorizationList: entries = [] } = payload as { updateType: string; localAuthorizationList?: object[] }; // checked above
      return [updateType, ...(entries as { idToken: { idToken: string }; idTokenInfo?: object }[]).map(shown)];
    });
const shown = ({ idToken, idTokenInfo }: { idToken: { idToken: string }; idTokenInfo?: object }) =>
  `${idTokenInfo === undefined ? '-' : '+'}${idToken.idToken}`;

describe('N10.FR.02: a station that was told to forget a driver', () => {
  it('is sent a Differential without his entry, under a higher version; the others keep theirs', async () => {
    await synced('forget', ['ANN', 'BEN'], ['CS-1', 'CS-2']);
    const { reportedVersion } = await show('forget');
    await cleared('forget', driver('ann'));
    expect(await show('forget')).toMatchObject({ state: 'pending', entries: 1 });
    await sweep();
    expect(lists()).toEqual([['Differential', '-ANN']]);
    expect(service.asked.find(({ station }) => station === 'CS-1')?.payload).toMatchObject({ versionNumber: (reportedVersion ?? 0) + 1 });
    expect(lists('CS-2')).toEqual([['Differential']]);
    expect(await show('forget', 'CS-2')).toMatchObject({ entries: 2 });
  });

  it('has no entry of his in later lists either, until his token changes', async () => {
    await synced('later', ['ANN', 'BEN']);
    await cleared('later', driver('ANN'));
    await sweep();
    await answer({ status: 'Accepted' });
    await service.localLists.force({ tenant: 'later', station: 'CS-1' });
    await sweep();
    await answer({ status: 'Accepted' });
    await put('later', 'ANN', { status: 'Blocked' });
    await sweep();
    expect(lists()).toEqual([
      ['Differential', '-ANN'],
      ['Full', '+BEN'],
      ['Differential', '+ANN'],
    ]);
  });

  it('D01.FR.06: each token is said once, also when it changed, was cleared and removed in one go', async () => {
    await synced('once', ['ANN', 'BEN', 'CAT']);
    await put('once', 'ANN', { status: 'Blocked' });
    await cleared('once', driver('ANN'));
    await cleared('once', driver('BEN'));
    await put('once', 'BEN', { status: 'Blocked' });
    await cleared('once', driver('CAT'));
    await service.tokenStore.remove('once', 'CAT');
    await sweep();
    expect(lists()).toEqual([['Differential', '-ANN', '+BEN', '-CAT']]);
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
    expect(await show(tenant)).toMatchObject({ state: 'in-sync' });
  });

  it('said twice is said once; a token that is in no list, or a list that is off, is left alone', async () => {
    await synced('twice', ['ANN']);
    await put('twice', 'BOUND', { allowedAt: [{ station: 'CS-9' }] });
    await cleared('twice', driver('ANN'));
    const { desiredVersion } = await show('twice');
    await cleared('twice', driver('ANN'));
    await cleared('twice', driver('BOUND'));
    expect(await show('twice')).toMatchObject({ desiredVersion });
    await put('off', 'ANN');
    await cleared('off', driver('ANN'));
    expect(await service.database.query("SELECT 1 FROM transactions.erased_entries WHERE tenant = 'off'")).toEqual([]);
  });

  it('what counts no more is forgotten', async () => {
    await synced('old', ['ANN', 'BEN']);
    await cleared('old', driver('ANN'));
    await cleared('old', driver('BEN'));
    await put('old', 'BEN', { status: 'Blocked' });
    passed += KEEP_REMOVED_MS + 60_000;
    await service.localLists.sweep();
    expect(await service.database.query("SELECT token FROM transactions.erased_entries WHERE tenant = 'old'")).toEqual([{ token: 'ANN' }]);
  });
});
