import type { Tenant } from '@voltbus/contracts';
import type { ApiKeyIssuer } from '../api-keys';
import type { TypeormTenants } from './store/typeorm-tenants';

interface TenantsParts {
  store: TypeormTenants;
  apiKeys: Pick<ApiKeyIssuer, 'onTenantDeleted'>;
  wakeRelay: () => void;
}

/** Operators that share this installation, and their policies. */
export class Tenants {
  constructor(private readonly parts: TenantsParts) {}

  find(tenant: string): Promise<Tenant | null> {
    return this.parts.store.find(tenant);
  }

  list(): ReturnType<TypeormTenants['list']> {
    return this.parts.store.list();
  }

  /** Whether there is, or was, a tenant of that name. */
  everExisted(tenant: string): Promise<boolean> {
    return this.parts.store.everExisted(tenant);
  }

  /** `decide` is called while nobody else changes the tenant; the rest is as the store says. */
  async change(tenant: string, now: Date, decide: (before: Tenant | null) => Promise<Tenant>): Promise<Tenant> {
    const stored = await this.parts.store.change(tenant, now, decide);
    this.parts.wakeRelay();
    return stored;
  }

  /** Leaves a tenant that exists as it is, and does not bring back one that was deleted. */
  add(tenant: Tenant, now: Date): Promise<void> {
    return this.parts.store.add(tenant, now);
  }

  /** With its API keys, which end at once in this process. */
  async remove(tenant: string, now: Date, mayRemove: (before: Tenant | null) => void): Promise<void> {
    this.parts.apiKeys.onTenantDeleted(await this.parts.store.remove(tenant, now, mayRemove));
    this.parts.wakeRelay();
  }

  /** Publishes the tenants of the first migration, once. */
  publishSeeded(now: Date): Promise<void> {
    return this.parts.store.publishSeeded(now);
  }
}
