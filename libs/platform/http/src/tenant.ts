import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { CsmsError, DEFAULT_TENANT, TENANT_PATTERN } from '@voltbus/contracts';
import type { Caller } from './caller';

/** Names the tenant an administrator speaks for. */
export const TENANT_HEADER = 'voltbus-tenant';

/** A request as the guard left it. */
export interface CallerRequest {
  headers: Readonly<Record<string, string | string[] | undefined>>;
  caller?: Caller;
}

/** The tenant a request is about: of an administrator the header's, else `default`. Throws `bad-request` on a name that cannot be one. */
export function tenantOf({ headers }: Pick<CallerRequest, 'headers'>): string {
  const named = headers[TENANT_HEADER];
  const tenant = (Array.isArray(named) ? named[0] : named) ?? DEFAULT_TENANT;
  if (!TENANT_PATTERN.test(tenant)) throw new CsmsError('bad-request', `${TENANT_HEADER}: lower-case letters, digits and hyphens, 1 to 36`);
  return tenant;
}

/** Parameter: the tenant's name. */
export const Tenant = createParamDecorator((_data: unknown, context: ExecutionContext): string => {
  const { caller } = context.switchToHttp().getRequest<CallerRequest>();
  if (caller === undefined) throw new Error('a tenant was asked for where nobody has to say who they are');
  return caller.tenant;
});
