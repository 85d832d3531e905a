import type { TenantDirectory } from '../directories';
import { RecentTenants, TENANT_SEEN_MS } from './recent-tenants';

function tenantsWith(existing: Set<string>) {
  const [looked, state] = [[] as string[], { away: false, now: 1 }];
  const find = async (tenant: string) => {
    looked.push(tenant);
    if (state.away) throw new Error('away');
    return existing.has(tenant) ? {} : null;
  };
  const recent = new RecentTenants({ find } as unknown as TenantDirectory, { now: () => state.now, maxKnown: 2 });
  return { recent, looked, state };
}

it('looks a tenant up once however many requests come, and notices within a moment that it was deleted', async () => {
  const existing = new Set(['a']);
  const { recent, looked, state } = tenantsWith(existing);
  expect(await Promise.all([1, 2, 3].map(() => recent.has('a')))).toEqual([true, true, true]);
  existing.clear();
  state.now += TENANT_SEEN_MS - 1;
  expect([await recent.has('a'), looked.length]).toEqual([true, 1]);
  state.now += 2;
  expect([await recent.has('a'), looked.length]).toEqual([false, 2]);
});

it('sees at once a tenant that was missing, and one that could not be looked up', async () => {
  const existing = new Set<string>();
  const { recent, state } = tenantsWith(existing);
  expect(await recent.has('a')).toBe(false);
  existing.add('a');
  expect(await recent.has('a')).toBe(true);
  state.away = true;
  await expect(recent.has('b')).rejects.toThrow('away');
  [state.away] = [false];
  existing.add('b');
  expect(await recent.has('b')).toBe(true);
});

it('knows only so many, and all where the process has no tenants', async () => {
  const { recent, looked } = tenantsWith(new Set(['a', 'b', 'c']));
  for (const tenant of ['a', 'b', 'c', 'c', 'a']) await recent.has(tenant);
  expect(looked).toEqual(['a', 'b', 'c', 'a']);
  expect(await new RecentTenants(null).has('any')).toBe(true);
});
