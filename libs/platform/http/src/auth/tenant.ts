import { DEFAULT_TENANT, TENANT_PATTERN } from '@voltbus/contracts';
import { faultyRequest } from '../requests/request-faults';
import type { CallerRequest } from './caller';

/** Names the tenant that an administrator's request is about. */
export const TENANT_HEADER = 'voltbus-tenant';

/** The tenant that a request names, if it names one. */
export function namedTenant({ headers }: Pick<CallerRequest, 'headers'>): string | undefined {
  const named = headers[TENANT_HEADER];
  return Array.isArray(named) ? named[0] : named;
}

/** The tenant that an administrator's request is about: the header's, else `default`. Throws `bad-request` on a name that no tenant can have. */
export function tenantOf(request: Pick<CallerRequest, 'headers'>): string {
  const tenant = namedTenant(request) ?? DEFAULT_TENANT;
  if (TENANT_PATTERN.test(tenant)) return tenant;
  const message = 'is no name of a tenant: lower-case letters, digits and hyphens, 1 to 36';
  throw faultyRequest('bad-request', [{ in: 'header', path: '/Voltbus-Tenant', message }]);
}
