import { createHash, timingSafeEqual } from 'node:crypto';
import { CsmsError } from '@voltbus/contracts';
import type { ApiKeys, KeyHolder } from '../api-keys';
import type { Caller } from '../caller';
import { namedTenant, tenantOf, type CallerRequest } from '../tenant';
import type { TenantDirectory } from '../directories';

/** Who shows which key. */
export class Authenticator {
  private readonly admin: Buffer;

  /** `tenants` null: the process does not know them, every tenant that is named is believed. */
  constructor(
    adminKey: string,
    private readonly keys: ApiKeys,
    private readonly tenants: TenantDirectory | null,
  ) {
    this.admin = digest(adminKey);
  }

  /** Null: no key, or none that is valid. Throws `foreign-tenant` and `bad-request` of a tenant that is named wrongly; rejects while keys cannot be judged. */
  async callerOf(request: Pick<CallerRequest, 'headers'>): Promise<Caller | null> {
    const key = bearer(request);
    if (key === null) return null;
    if (this.isAdministrator(key)) return this.administrator(tenantOf(request));
    const holder = await this.keys.holderOf(key);
    if (holder === null) return null;
    mustBeOwnTenant(holder, request);
    const { id, tenant, scopes } = holder;
    return {
      ...{ tenant, administrator: false, key: { id, scopes } },
      mustHaveTenant: () => Promise.resolve(), // a key goes with its tenant
      stillAdmitted: async () => (await this.keys.holderOf(key)) !== null,
    };
  }

  private administrator(tenant: string): Caller {
    return {
      ...{ tenant, administrator: true, key: null },
      mustHaveTenant: async () => {
        if (this.tenants !== null && (await this.tenants.find(tenant)) === null)
          throw new CsmsError('not-found', `there is no tenant ${tenant}`);
      },
      stillAdmitted: () => Promise.resolve(true),
    };
  }

  /** Compared as digests: of equal length, in constant time. */
  private isAdministrator(key: string): boolean {
    return timingSafeEqual(digest(key), this.admin);
  }
}

function mustBeOwnTenant({ tenant }: KeyHolder, request: Pick<CallerRequest, 'headers'>): void {
  const named = namedTenant(request);
  if (named !== undefined && named !== tenant)
    throw new CsmsError('foreign-tenant', 'the API key is of another tenant than Voltbus-Tenant names');
}

function bearer({ headers }: Pick<CallerRequest, 'headers'>): string | null {
  const header = headers['authorization'];
  const [, key] = (typeof header === 'string' ? /^Bearer +(\S+) *$/i.exec(header) : null) ?? [];
  return key ?? null;
}

function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
