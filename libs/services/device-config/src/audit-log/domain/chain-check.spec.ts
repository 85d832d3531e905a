import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { beginningOf, chain } from './audit-chain';
import type { AuditEntry, ChainPlace } from './audit-entry';
import { ChainCheck, linkOf } from './chain-check';

type Placed = AuditEntry & ChainPlace;

const entry = (id: number, more: Partial<AuditEntry> = {}): AuditEntry => ({
  ...{
    id: String(id),
    at: '2026-11-30T09:00:00.000Z',
    actor: 'administrator',
    actorName: null,
    address: '192.0.2.1',
    requestId: `r-${id}`,
  },
  ...{ method: 'PUT', path: '/v1/tokens/CARD', reason: null, before: null, after: { idToken: 'CARD', status: 'Blocked' }, status: 200 },
  ...more,
});

function written(count: number, tenant = 'acme'): Placed[] {
  const entries = Array.from({ length: count }, (_, nth) => entry(nth + 1));
  const places = chain(beginningOf(tenant), entries);
  return entries.map((one, nth) => ({ ...one, ...(places[nth] as ChainPlace) })); // as many as entries
}

function check(entries: readonly Placed[], tenant = 'acme'): ChainCheck {
  const found = new ChainCheck(tenant);
  for (const one of entries) if (!found.next(linkOf(one))) break;
  return found;
}

it('hashes an entry as docs/how-to/verify-the-audit-log.md says', () => {
  const [first] = written(1);
  const beginning = createHash('sha256').update('voltbus audit log of acme').digest('hex');
  const canonical =
    '{"actor":"administrator","actorName":null,"address":"192.0.2.1","after":{"idToken":"CARD","status":"Blocked"},"at":"2026-11-30T09:00:00.000Z",' +
    `"before":null,"id":"1","method":"PUT","path":"/v1/tokens/CARD","position":1,"previousHash":"${beginning}","reason":null,"requestId":"r-1","status":200}`;
  expect(first).toMatchObject({ position: 1, previousHash: beginning, hash: createHash('sha256').update(canonical).digest('hex') });
});

it('follows a chain that is as it was written, from its beginning and from where retention has cut it', () => {
  const all = written(20);
  expect([check(all).fault, check(all).from, check(all).head?.position]).toEqual([null, 1, 20]);
  expect([check(all.slice(7)).fault, check(all.slice(7)).from]).toEqual([null, 8]);
  expect(check([]).fault).toBeNull();
});

const CHANGES: Readonly<Record<string, Partial<Placed>>> = {
  id: { id: '999' },
  at: { at: '2026-11-30T09:00:00.001Z' },
  actor: { actor: 'somebody' },
  actorName: { actorName: 'somebody' },
  address: { address: '192.0.2.2' },
  requestId: { requestId: 'r' },
  method: { method: 'POST' },
  path: { path: '/v1/tokens/OTHER' },
  reason: { reason: 'none' },
  before: { before: {} },
  after: { after: { idToken: 'CARD', status: 'Accepted' } },
  status: { status: 201 },
};

it.each(Object.keys(CHANGES))('finds the entry of which %s was changed', (member) => {
  const all = written(5);
  all[2] = { ...(all[2] as Placed), ...CHANGES[member] };
  expect(check(all).fault).toEqual({ position: 3, id: all[2].id, kind: 'changed' });
});

it('finds an entry that was changed with its hash, by the entry after it', () => {
  const all = written(5);
  const changed = entry(3, { actor: 'somebody' });
  const [place] = chain({ position: 2, hash: all[1]?.hash ?? '' }, [changed]);
  all[2] = { ...changed, ...(place as ChainPlace) };
  expect(check(all).fault).toEqual({ position: 4, id: '4', kind: 'not-linked' });
});

it('finds the chain of another tenant', () => {
  expect(check(written(3, 'other')).fault).toEqual({ position: 1, id: '1', kind: 'not-linked' });
});

it('finds what is missing at the end, and another end, where the end is known', () => {
  const all = written(5);
  const faultAt = (entries: readonly Placed[], head: { position: number; hash: string }, isKept = true) => {
    const found = check(entries);
    found.end(head, { isKept });
    return found.fault;
  };
  const head = { position: 5, hash: all[4]?.hash ?? '' };
  expect(faultAt(all, head)).toBeNull();
  expect(faultAt(all.slice(0, 3), head)).toEqual({ position: 4, id: null, kind: 'missing' });
  expect(faultAt(all, { ...head, hash: all[3]?.hash ?? '' })).toEqual({ position: 5, id: null, kind: 'changed' });
  expect(faultAt([], head)).toEqual({ position: 5, id: null, kind: 'missing' });
  expect(faultAt([], head, false)).toBeNull(); // retention has removed all of it
});

it('finds the first fault, whichever entry is removed, doubled or moved', () => {
  const all = written(12);
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10 }),
      fc.integer({ min: 1, max: 10 }),
      fc.constantFrom('remove', 'double', 'swap'),
      (at, other, how) => {
        const tampered = [...all];
        const [one, two] = [all[at] as Placed, all[other] as Placed];
        if (how === 'remove') tampered.splice(at, 1);
        if (how === 'double') tampered.splice(at, 0, one);
        if (how === 'swap') [tampered[at], tampered[other]] = [two, one];
        const { fault } = check(tampered);
        if (how === 'swap' && at === other) return fault === null;
        const first = how === 'double' ? at + 2 : Math.min(at, how === 'swap' ? other : at) + 1;
        return fault?.position === first;
      },
    ),
  );
});
