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

  page(where: { limit: number; after: string | null }): Promise<Tenant[]> {
    return this.parts.store.page(where);
  }

  /** Whether there is, or was, a tenant of that name. */
  everExisted(tenant: string): Promise<boolean> {
    return this.parts.store.everExisted(tenant);
  }

  /** `name-was-deleted`: a tenant's name is never given again (ADR 45). */
  async put(tenant: Tenant, now: Date): Promise<'put' | 'name-was-deleted'> {
    const outcome = await this.parts.store.put(tenant, now);
    this.parts.wakeRelay();
    return outcome;
  }

  /** Leaves a tenant that exists as it is, and does not bring back one that was deleted. */
  add(tenant: Tenant, now: Date): Promise<void> {
    return this.parts.store.add(tenant, now);
  }

  /** With its API keys, which end at once in this process. */
  async remove(tenant: string, now: Date): Promise<'removed' | 'unknown' | 'has-stations'> {
    const outcome = await this.parts.store.remove(tenant, now);
    if (typeof outcome === 'string') return outcome;
    this.parts.apiKeys.onTenantDeleted(outcome.keys);
    this.parts.wakeRelay();
    return 'removed';
  }

  /** Publishes the tenants of the first migration, once. */
  publishSeeded(now: Date): Promise<void> {
    return this.parts.store.publishSeeded(now);
  }
}
