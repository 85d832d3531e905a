import { tokenIssuers } from '@voltbus/runtime';
import { TestApp } from '../../testing/test-app';
import { hashOf } from './session-secret';
import type { SessionStore, StoredSession } from './session-store';
import { Sessions } from './sessions';

const RULE = { claims: { 'realm.roles': 'ops' }, tenant: 'acme', role: 'operator' };
const [ISSUER] = tokenIssuers.parse(
  JSON.stringify([{ name: 'sso', issuer: 'https://id.example', audience: 'api', access: [RULE], signIn: { clientId: 'people' } }]),
);
const CLAIMS = { realm: { roles: ['ops'] }, name: 'Olga', email: 'olga@example.com' };

let stored: (StoredSession & { hash: Buffer })[];
let clock: number;
let uses: number;
const store: SessionStore = {
  add: (session, hash) => Promise.resolve(stored.push({ ...session, hash }) > 0),
  findByHash: (hashes) => Promise.resolve(stored.find((one) => hashes.some((hash) => hash.equals(one.hash))) ?? null),
  find: (id) => Promise.resolve(stored.find((one) => one.id === id) ?? null),
  used(id, at) {
    uses += 1;
    stored = stored.map((one) => (one.id === id ? { ...one, lastUsedAt: at } : one));
    return Promise.resolve();
  },
  remove: () => Promise.resolve(true),
};
beforeEach(() => ([stored, clock, uses] = [[], Date.parse('2027-01-01T00:00:00Z'), 0]));

function sessionsWith(more: object = {}): Sessions {
  const settings = { ...TestApp.settings(), OIDC_ISSUERS: ISSUER === undefined ? [] : [ISSUER], ...more };
  return new Sessions(store, settings, { now: () => new Date(clock) });
}
const headersOf = (cookie: string) => ({ cookie: cookie.split(';')[0] });
async function begun(sessions = sessionsWith()) {
  if (ISSUER === undefined) throw new Error('no issuer');
  const { cookie } = await sessions.beginOfPerson({ issuer: ISSUER, subject: 'olga', claims: CLAIMS }, undefined, '192.0.2.1');
  return headersOf(cookie);
}

it('keeps of a person the claims that the rules read, what they are called, and no right', async () => {
  await begun();
  const [{ hash: _hash, id: _id, ...one } = {}] = stored as Partial<(typeof stored)[number]>[];
  expect(one).toEqual({
    ...{ tenant: 'acme', actor: 'sso:olga', name: 'Olga', address: '192.0.2.1' },
    holder: { kind: 'person', issuer: 'https://id.example', subject: 'olga', claims: { realm: { roles: ['ops'] } } },
    ...{ createdAt: new Date(clock), lastUsedAt: new Date(clock), endsAt: new Date(clock + 12 * 3_600_000) },
  });
});

it('writes the use of a session once a minute', async () => {
  const headers = await begun();
  for (const seconds of [1, 59, 60, 61, 119, 120]) {
    clock = Date.parse('2027-01-01T00:00:00Z') + seconds * 1_000;
    expect(await sessionsWith().find(headers)).not.toBeNull();
  }
  expect(uses).toBe(2);
});

it('by its id is no use of it, and is none any more where it gives nothing', async () => {
  await begun();
  const id = stored[0]?.id ?? '';
  clock += 59 * 60_000;
  expect(await sessionsWith().findById(id)).toMatchObject({ grant: { role: 'operator' } });
  expect(uses).toBe(0);
  expect(await sessionsWith({ OIDC_ISSUERS: [] }).findById(id)).toBeNull();
  clock += 60_000;
  expect(await sessionsWith().findById(id)).toBeNull();
});

it('of an issuer at which people sign in no more, or of another by its name, gives nothing', async () => {
  const headers = await begun();
  for (const changed of [{ signIn: undefined }, { issuer: 'https://other.example' }])
    await expect(sessionsWith({ OIDC_ISSUERS: [{ ...ISSUER, ...changed }] }).find(headers)).rejects.toMatchObject({ code: 'no-access' });
});

it('is not looked up by a value that was not made here', async () => {
  const headers = await begun();
  const spied = jest.spyOn(store, 'findByHash');
  expect(await sessionsWith({ KEY_PEPPER: 'other'.repeat(10) }).find(headers)).toBeNull();
  expect(await sessionsWith().find({ cookie: `voltbus-session=${'a'.repeat(43)}.${'b'.repeat(16)}` })).toBeNull();
  expect(spied).not.toHaveBeenCalled();
  expect(await sessionsWith({ KEY_PEPPER: 'other'.repeat(10), KEY_PEPPER_PREVIOUS: TestApp.KEY }).find(headers)).not.toBeNull();
  spied.mockRestore();
});

describe('of the administrator', () => {
  it('is there in standalone only, also where another process of the same database began it', async () => {
    const { cookie } = await sessionsWith().beginOfAdministrator('acme', '192.0.2.1');
    expect(await sessionsWith().find(headersOf(cookie))).toMatchObject({ grant: null });
    // in a cluster the cookie has another name
    const value = /=([^;]*)/.exec(cookie)?.[1] ?? '';
    expect(await sessionsWith({ STANDALONE: false }).find({ cookie: `__Host-voltbus-session=${value}` })).toBeNull();
    expect(await sessionsWith({ STANDALONE: false }).findById(stored[0]?.id ?? '')).toBeNull();
    await expect(sessionsWith({ STANDALONE: false }).beginOfAdministrator('acme', '192.0.2.1')).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  it('lives while the key before is accepted', async () => {
    const { cookie } = await sessionsWith().beginOfAdministrator('acme', '192.0.2.1');
    const changed = { ADMIN_KEY: 'n'.repeat(40) };
    expect(await sessionsWith({ ...changed, ADMIN_KEY_PREVIOUS: TestApp.KEY }).find(headersOf(cookie))).not.toBeNull();
    expect(await sessionsWith(changed).find(headersOf(cookie))).toBeNull();
  });

  it('is found by no hash of a person', () => {
    expect(hashOf('v', { kind: 'administrator', key: 'k' })).not.toEqual(hashOf('v', { kind: 'person' }));
  });
});
