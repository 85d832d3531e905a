/** Which tenants there are. */
export interface TenantDirectory {
  /** Rejects while that cannot be known: the caller is then told 503. */
  has(tenant: string): Promise<boolean>;
}

/** Where a process that knows the tenants provides its `TenantDirectory`. Without it every tenant that is named is believed. */
export const TENANT_DIRECTORY = Symbol('tenant-directory');

export const everyTenant: TenantDirectory = { has: () => Promise.resolve(true) };
