/** The roles that a tenant can give, to an API key or to a caller with an access token. What each may do is in `@voltbus/http`. */
export const TENANT_ROLES = ['viewer', 'operator', 'technician', 'billing', 'tenant-admin'] as const;
export type TenantRole = (typeof TENANT_ROLES)[number];

/** Station groups that one caller can be limited to, by a key or by an access token. */
export const MAX_CALLER_STATION_GROUPS = 50;
