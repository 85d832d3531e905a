import { randomUUID } from 'node:crypto';
import type { StationProfile, StationRef } from '@voltbus/contracts';
import type { Connections, Owner } from './connections';

/** What an adapter's spec lends to the suite. */
export interface ConnectionsUnderTest {
  /** With owners, leases and profiles living this long. */
  open(ttl?: { ownerTtlMs?: number; leaseTtlMs?: number; profileTtlMs?: number }): Promise<Connections>;
  /** The registry forgets everything. */
  flush(): Promise<void>;
  /** The registry goes away and comes back, as roughly as the adapter's world allows. */
  away(): Promise<void>;
  back(): Promise<void>;
}

/** A time to live that a test sits out, long enough for who renews it on a busy machine. */
const SHORT_MS = 1_000;
/** A clock of another gateway, or of a registry before its clock jumped back, that is far ahead of ours. */
const AHEAD_US = 3_600_000_000;

/** What every registry promises. Each test uses stations of its own: the registry may be shared. */
export function connectionsContract(world: ConnectionsUnderTest): void {
  let connections: Connections;
  beforeAll(async () => {
    connections = await world.open();
  });
  afterAll(() => connections.close());

  describe('ownership', () => {
    it('gives a station to whoever acquires it and says so to everybody', async () => {
      const ref = aStation();
      const { epoch, previous } = await connections.acquire(ref, by('gw-a'));
      expect(previous).toBeNull();
      expect(await connections.find(ref)).toEqual({ ...by('gw-a'), epoch });
    });

    it('mints epochs in microseconds of the present', async () => {
      const beforeUs = Date.now() * 1000;
      const { epoch } = await connections.acquire(aStation(), by('gw-a'));
      expect(epoch).toBeGreaterThan(beforeUs - 2_000_000);
      expect(epoch).toBeLessThan(Date.now() * 1000 + 2_000_000);
      expect(Number.isSafeInteger(epoch)).toBe(true);
    });

    it('lets the newest connection win and names the one it replaced', async () => {
      const ref = aStation();
      const first = await connections.acquire(ref, by('gw-a'));
      const second = await connections.acquire(ref, by('gw-b'));
      expect(second.previous).toEqual({ ...by('gw-a'), epoch: first.epoch });
      expect(second.epoch).toBeGreaterThan(first.epoch);
      expect((await connections.find(ref))?.inst).toBe('gw-b');
    });

    it('counts a reconnect to the same gateway as a take-over too', async () => {
      const ref = aStation();
      const first = await connections.acquire(ref, by('gw-a'));
      const second = await connections.acquire(ref, by('gw-a'));
      expect(second.previous?.epoch).toBe(first.epoch);
      expect(await connections.release(ref, first.epoch)).toBe(false);
      expect((await connections.find(ref))?.epoch).toBe(second.epoch);
    });

    it('gives every one of many simultaneous connections an epoch of its own, and the registry to the highest', async () => {
      const ref = aStation();
      const taken = await Promise.all(Array.from({ length: 50 }, (_, i) => connections.acquire(ref, by(`gw-${i}`))));
      const epochs = taken.map(({ epoch }) => epoch);
      expect(new Set(epochs).size).toBe(50);
      expect((await connections.find(ref))?.epoch).toBe(Math.max(...epochs));
      const replaced = taken.map(({ previous }) => previous?.epoch).filter((epoch) => epoch !== undefined);
      expect(new Set(replaced).size).toBe(49); // each replaced exactly one, except the first
    });

    it('never lowers an epoch when the clock jumps back', async () => {
      const ref = aStation();
      const ahead = Date.now() * 1000 + AHEAD_US;
      await connections.assert([{ ref, owner: { ...by('gw-a'), epoch: ahead } }]);
      expect((await connections.acquire(ref, by('gw-b'))).epoch).toBe(ahead + 1);
    });

    it('keeps tenants apart', async () => {
      const ref = aStation();
      await connections.acquire(ref, by('gw-a'));
      expect(await connections.find({ ...ref, tenant: 'other' })).toBeNull();
    });

    it('takes station identities with slashes, braces, spaces and letters of any script', async () => {
      for (const station of ['a/b', '{x}', 'a}b', '}{', 'Säule 7', '站/1', ':', '*']) {
        const ref = { ...aStation(), station: `${station}${randomUUID()}` };
        const { epoch } = await connections.acquire(ref, by('gw-a'));
        expect((await connections.find(ref))?.epoch).toBe(epoch);
        expect(await connections.release(ref, epoch)).toBe(true);
      }
    });

    it('finds many at once, in the order asked, with null for who is not connected', async () => {
      const refs = Array.from({ length: 1_100 }, aStation);
      await Promise.all(refs.filter((_, i) => i % 2 === 0).map((ref) => connections.acquire(ref, by('gw-a'))));
      const owners = await connections.findMany([...refs]);
      expect(owners.map((owner) => owner !== null)).toEqual(refs.map((_, i) => i % 2 === 0));
      expect(await connections.findMany([])).toEqual([]);
    });
  });

  describe('release', () => {
    it('ends the ownership of its own epoch', async () => {
      const ref = aStation();
      const { epoch } = await connections.acquire(ref, by('gw-a'));
      expect(await connections.release(ref, epoch)).toBe(true);
      expect(await connections.find(ref)).toBeNull();
    });

    it('does nothing by an old epoch: an old socket’s end never disturbs the new one', async () => {
      const ref = aStation();
      const old = await connections.acquire(ref, by('gw-a'));
      const { epoch } = await connections.acquire(ref, by('gw-b'));
      expect(await connections.release(ref, old.epoch)).toBe(false);
      expect((await connections.find(ref))?.epoch).toBe(epoch);
    });

    it('does nothing the second time, and for a station nobody held', async () => {
      const ref = aStation();
      const { epoch } = await connections.acquire(ref, by('gw-a'));
      await connections.release(ref, epoch);
      expect(await connections.release(ref, epoch)).toBe(false);
      expect(await connections.release(aStation(), epoch)).toBe(false);
    });

    it('leaves a tombstone: the next epoch is higher though nobody is replaced', async () => {
      const ref = aStation();
      const ahead = Date.now() * 1000 + AHEAD_US;
      await connections.assert([{ ref, owner: { ...by('gw-a'), epoch: ahead } }]);
      await connections.release(ref, ahead);
      expect(await connections.acquire(ref, by('gw-b'))).toEqual({ epoch: ahead + 1, previous: null });
    });
  });

  describe('assert', () => {
    it('refreshes what is ours and stores when the station was last heard', async () => {
      const ref = aStation();
      const { epoch } = await connections.acquire(ref, by('gw-a'));
      const owner = { ...by('gw-a'), epoch, lastSeenAt: 1_800_000_000_123 };
      expect(await connections.assert([{ ref, owner }])).toEqual(['refreshed']);
      expect(await connections.find(ref)).toEqual(owner);
    });

    it('restores what the registry has lost, and the commands find their way again', async () => {
      const refs = Array.from({ length: 20 }, aStation);
      const held = await Promise.all(
        refs.map(async (ref) => ({ ref, owner: { ...by('gw-a'), epoch: (await connections.acquire(ref, by('gw-a'))).epoch } })),
      );
      await world.flush();
      expect(await connections.find(refs[0] ?? aStation())).toBeNull();
      expect(await connections.assert(held)).toEqual(refs.map(() => 'restored'));
      expect(await connections.findMany(refs)).toEqual(held.map(({ owner }) => owner));
    });

    it('is lost for an older epoch after a take-over, and changes nothing', async () => {
      const ref = aStation();
      const old = await connections.acquire(ref, by('gw-a'));
      const { epoch } = await connections.acquire(ref, by('gw-b'));
      expect(await connections.assert([{ ref, owner: { ...by('gw-a'), epoch: old.epoch } }])).toEqual(['lost']);
      expect(await connections.find(ref)).toEqual({ ...by('gw-b'), epoch });
    });

    it('is not lost to an acquire of the same gateway whose answer it never heard: what it asserts counts', async () => {
      const ref = aStation();
      const { epoch: unheard } = await connections.acquire(ref, by('gw-a'));
      const owner = { ...by('gw-a'), epoch: unheard - 1 };
      expect(await connections.assert([{ ref, owner }])).toEqual(['restored']);
      expect(await connections.find(ref)).toEqual(owner);
      expect(await connections.release(ref, owner.epoch)).toBe(true);
    });

    it('is lost after the newer connection came and went: the old one is a zombie', async () => {
      const ref = aStation();
      const old = await connections.acquire(ref, by('gw-a'));
      await connections.release(ref, (await connections.acquire(ref, by('gw-b'))).epoch);
      expect(await connections.assert([{ ref, owner: { ...by('gw-a'), epoch: old.epoch } }])).toEqual(['lost']);
    });

    it('is lost for what was released: an assert under way does not bring it back', async () => {
      const ref = aStation();
      const { epoch } = await connections.acquire(ref, by('gw-a'));
      await connections.release(ref, epoch);
      expect(await connections.assert([{ ref, owner: { ...by('gw-a'), epoch } }])).toEqual(['lost']);
      expect(await connections.find(ref)).toBeNull();
    });

    it('is lost for the same epoch of another gateway: of two minted without the registry one stays', async () => {
      const ref = aStation();
      const epoch = Date.now() * 1000;
      const verdicts = await connections.assert([
        { ref, owner: { ...by('gw-a'), epoch } },
        { ref, owner: { ...by('gw-b'), epoch } },
      ]);
      expect([...verdicts].sort()).toEqual(['lost', 'restored']);
    });

    it('lets the newer of two sockets win after a flush, whoever asserts first', async () => {
      for (const newerFirst of [true, false]) {
        const ref = aStation();
        const older = { ref, owner: { ...by('gw-a'), epoch: (await connections.acquire(ref, by('gw-a'))).epoch } };
        const newer = { ref, owner: { ...by('gw-b'), epoch: (await connections.acquire(ref, by('gw-b'))).epoch } };
        await world.flush();
        for (const held of newerFirst ? [newer, older] : [older, newer]) await connections.assert([held]);
        expect(await connections.assert([older])).toEqual(['lost']);
        expect((await connections.find(ref))?.inst).toBe('gw-b');
      }
    });

    it('answers for all of them in the order given, however many', async () => {
      const refs = Array.from({ length: 1_200 }, aStation);
      const held = refs.map((ref, i) => ({ ref, owner: { ...by('gw-a'), epoch: Date.now() * 1000 + i } }));
      await Promise.all(
        refs
          .filter((_, i) => i % 3 === 0)
          .map((ref) => connections.assert([{ ref, owner: { ...by('gw-b'), epoch: Number.MAX_SAFE_INTEGER - 1 } }])),
      );
      expect(await connections.assert(held)).toEqual(refs.map((_, i) => (i % 3 === 0 ? 'lost' : 'restored')));
      expect(await connections.assert([])).toEqual([]);
    });

    it('forgets an owner that no longer asserts', async () => {
      const short = await world.open({ ownerTtlMs: SHORT_MS });
      const [kept, left] = [aStation(), aStation()];
      const { epoch } = await short.acquire(kept, by('gw-a'));
      await short.acquire(left, by('gw-a'));
      await until(async () => {
        await short.assert([{ ref: kept, owner: { ...by('gw-a'), epoch } }]);
        return (await short.find(left)) === null;
      });
      expect(await short.find(kept)).not.toBeNull();
      await short.close();
    });
  });

  describe('leases', () => {
    beforeEach(() => world.flush());

    it('gives each gateway the bucket that the fewest live ones name', async () => {
      const taken = [];
      for (const inst of ['a', 'b', 'c', 'd', 'e', 'f']) taken.push((await connections.takeBucket(inst, 4)).bucket);
      expect([...taken.slice(0, 4)].sort()).toEqual([0, 1, 2, 3]);
      expect(new Set(taken.slice(4)).size).toBe(2);
      await connections.endLease('c');
      expect((await connections.takeBucket('g', 4)).bucket).toBe(taken[2]);
    });

    it('gives different buckets to gateways that start at the same moment', async () => {
      const leases = await Promise.all(Array.from({ length: 16 }, (_, i) => connections.takeBucket(`gw-${i}`, 16)));
      expect(new Set(leases.map(({ bucket }) => bucket)).size).toBe(16);
    });

    it('gives the preferred bucket, shared or not', async () => {
      await connections.takeBucket('a', 4, 3);
      expect(await connections.takeBucket('b', 4, 3)).toEqual({ inst: 'b', bucket: 3 });
    });

    it('lists who is alive, and no longer who has left', async () => {
      const [a, b] = [await connections.takeBucket('a', 64), await connections.takeBucket('b', 64)];
      expect(sorted(await connections.leases())).toEqual([a, b]);
      await connections.endLease('a');
      expect(await connections.leases()).toEqual([b]);
    });

    it('lets a gateway that takes a bucket again have one lease only', async () => {
      await connections.takeBucket('a', 64, 5);
      const again = await connections.takeBucket('a', 64);
      expect(await connections.leases()).toEqual([again]);
    });

    it('restores a lease that the registry lost, by renewing it', async () => {
      const lease = await connections.takeBucket('a', 64, 7);
      await world.flush();
      expect(await connections.leases()).toEqual([]);
      expect(await connections.renewLease(lease)).toBe(false);
      expect(await connections.renewLease(lease)).toBe(true);
      expect(await connections.leases()).toEqual([{ inst: 'a', bucket: 7 }]);
    });

    it('forgets a gateway that stopped renewing and keeps the one that goes on', async () => {
      const short = await world.open({ leaseTtlMs: SHORT_MS });
      const alive = await short.takeBucket('alive', 64);
      await short.takeBucket('dead', 64);
      await until(async () => {
        await short.renewLease(alive);
        return (await short.leases()).every(({ inst }) => inst === 'alive');
      });
      expect(await short.leases()).toEqual([alive]);
      await short.close();
    });
  });

  describe('profiles', () => {
    it('keeps what an upgrade needs to know, until it is dropped', async () => {
      const profile = aProfile();
      expect(await connections.profile(profile)).toBeNull();
      await connections.putProfile(profile);
      expect(await connections.profile({ tenant: profile.tenant, station: profile.station })).toEqual(profile);
      await connections.putProfile({ ...profile, blocked: true });
      expect((await connections.profile(profile))?.blocked).toBe(true);
      await connections.dropProfile(profile);
      expect(await connections.profile(profile)).toBeNull();
    });

    it('forgets a profile after its time, so that a lost change is not lost for ever', async () => {
      const short = await world.open({ profileTtlMs: SHORT_MS });
      const profile = aProfile();
      await short.putProfile(profile);
      await until(async () => (await short.profile(profile)) === null);
      await short.close();
    });
  });

  describe('an unavailable registry', () => {
    it('says so within a second in every call, tells when it is back, and then restores what it is asserted', async () => {
      const ref = aStation();
      const { epoch } = await connections.acquire(ref, by('gw-a'));
      const changes: boolean[] = [];
      connections.onAvailability((available) => changes.push(available));
      await world.away();
      const calls: (() => Promise<unknown>)[] = [
        () => connections.acquire(ref, by('gw-a')),
        () => connections.assert([{ ref, owner: { ...by('gw-a'), epoch } }]),
        () => connections.release(ref, epoch),
        () => connections.find(ref),
        () => connections.findMany([ref]),
        () => connections.takeBucket('a', 64),
        () => connections.renewLease({ inst: 'a', bucket: 1 }),
        () => connections.endLease('a'),
        () => connections.leases(),
        () => connections.profile(ref),
        () => connections.putProfile(aProfile()),
        () => connections.dropProfile(ref),
      ];
      for (const call of calls) await expect(call()).rejects.toMatchObject({ name: 'ConnectionsUnavailable' });
      expect(connections.available).toBe(false);
      await world.back();
      await until(() => connections.available);
      expect(changes).toEqual([false, true]);
      await world.flush();
      expect(await connections.assert([{ ref, owner: { ...by('gw-a'), epoch } }])).toEqual(['restored']);
    });
  });
}

/** Asks again until it is so: for what becomes true by itself and tells nobody. */
export async function until(condition: () => boolean | Promise<boolean>, withinMs = 50_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not so within ${withinMs} ms: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function aStation(): StationRef {
  return { tenant: 'contract', station: randomUUID() };
}

function by(inst: string): Omit<Owner, 'epoch'> {
  return { inst, bucket: 3, protocol: 'ocpp2.0.1', lastSeenAt: 1_700_000_000_000 };
}

function aProfile(): StationProfile {
  return {
    ...aStation(),
    known: true,
    blocked: false,
    securityProfile: 1,
    keyHashes: ['a'.repeat(64), 'b'.repeat(64)],
    registration: 'accepted',
    unknownStations: 'refuse',
    answersUpdates: false,
  };
}

function sorted<T extends { inst: string }>(leases: T[]): T[] {
  return [...leases].sort((a, b) => a.inst.localeCompare(b.inst));
}
