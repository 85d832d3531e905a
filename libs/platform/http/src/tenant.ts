import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { CsmsError, DEFAULT_TENANT, TENANT_PATTERN } from '@voltbus/contracts';
import type { Caller } from './caller';

/** Names the tenant an administrator speaks for. */
export const TENANT_HEADER = 'voltbus-tenant';

/** A request as the guard left it. */
export interface CallerRequest {
  method: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  caller?: Caller;
}

/** The tenant that a request names, if it names one. */
export function namedTenant({ headers }: Pick<CallerRequest, 'headers'>): string | undefined {
  const named = headers[TENANT_HEADER];
  return Array.isArray(named) ? named[0] : named;
}

/** The tenant a request is about: of an administrator the header's, else `default`. Throws `bad-request` on a name that cannot be one. */
export function tenantOf(request: Pick<CallerRequest, 'headers'>): string {
  const tenant = namedTenant(request) ?? DEFAULT_TENANT;
  if (!TENANT_PATTERN.test(tenant)) throw new CsmsError('bad-request', `${TENANT_HEADER}: lower-case letters, digits and hyphens, 1 to 36`);
  return tenant;
}

/** Parameter: the tenant's name, of a tenant that there is. */
export const Tenant = createParamDecorator(async (_data: unknown, context: ExecutionContext): Promise<string> => {
  const { caller } = context.switchToHttp().getRequest<CallerRequest>();
  if (caller === undefined) throw new Error('a tenant was asked for where nobody has to say who they are');
  await caller.mustHaveTenant();
  return caller.tenant;
});

/** Parameter: the tenant's name, as it is said: the handler looks whether it may be one that is no more. */
export const NamedTenant = createParamDecorator((_data: unknown, context: ExecutionContext): string => {
  const { caller } = context.switchToHttp().getRequest<CallerRequest>();
  if (caller === undefined) throw new Error('a tenant was asked for where nobody has to say who they are');
  return caller.tenant;
});
