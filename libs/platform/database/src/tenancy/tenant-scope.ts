import { AsyncLocalStorage } from 'node:async_hooks';

const scope = new AsyncLocalStorage<string | null>();

/**
 * Runs `work` so that the database limits it to one tenant: its statements read nothing of others, and cannot write to them, whatever their conditions are
 * (ADR 114). It ends with what `work` awaits: what serves many tenants, such as a loop or a timer, must not begin within it.
 */
export function runForTenant<T>(tenant: string, work: () => T): T {
  return scope.run(tenant, work);
}

/** Runs `work` with the tables of all tenants, also within `runForTenant`: for what serves many tenants and happens to begin in a request of one. */
export function runForAllTenants<T>(work: () => T): T {
  return scope.run(null, work);
}

/** The tenant that the work in hand is limited to; null: it is not limited. */
export function tenantInForce(): string | null {
  return scope.getStore() ?? null;
}
