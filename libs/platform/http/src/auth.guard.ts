import { createHash, timingSafeEqual } from 'node:crypto';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import { CsmsError } from '@voltbus/contracts';
import { accessOf, type Access } from './access';
import type { ApiKeys, KeyHolder } from './api-keys';
import type { Caller } from './caller';
import { namedTenant, tenantOf, type CallerRequest } from './tenant';

/** Every route demands `Authorization: Bearer <key>` unless it says `@Public()`, and of a tenant's key the scope that it declares. */
export class AuthGuard implements CanActivate {
  private readonly admin: Buffer;

  constructor(
    private readonly reflector: Reflector,
    adminKey: string,
    private readonly keys: ApiKeys,
  ) {
    this.admin = digest(adminKey);
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<CallerRequest>();
    const access = accessOf(this.reflector, context, request.method);
    if (access === 'public') return true;
    const key = bearer(request);
    const caller = key === null ? null : await this.callerOf(key, request);
    if (caller === null) throw new CsmsError('unauthorized', 'a valid API key is needed: Authorization: Bearer <key>');
    mustMay(caller, access);
    request.caller = caller;
    return true;
  }

  private async callerOf(key: string, request: CallerRequest): Promise<Caller | null> {
    if (this.isAdministrator(key))
      return { tenant: tenantOf(request), administrator: true, key: null, stillAdmitted: () => Promise.resolve(true) };
    const holder = await this.keys.holderOf(key);
    if (holder === null) return null;
    mustBeOwnTenant(holder, request);
    const { id, tenant, scopes } = holder;
    return { tenant, administrator: false, key: { id, scopes }, stillAdmitted: async () => (await this.keys.holderOf(key)) !== null };
  }

  /** Compared as digests: of equal length, in constant time. */
  private isAdministrator(key: string): boolean {
    return timingSafeEqual(digest(key), this.admin);
  }
}

function mustBeOwnTenant({ tenant }: KeyHolder, request: CallerRequest): void {
  const named = namedTenant(request);
  if (named !== undefined && named !== tenant)
    throw new CsmsError('foreign-tenant', 'the API key is of another tenant than Voltbus-Tenant names');
}

function mustMay({ administrator, key }: Caller, access: Exclude<Access, 'public'>): void {
  if (administrator) return;
  if (access === 'administrator') throw new CsmsError('forbidden', 'only the administrator may do that');
  if (key?.scopes.includes(access) !== true) throw new CsmsError('forbidden', `the API key lacks the scope ${access}`, { scope: access });
}

function bearer({ headers }: CallerRequest): string | null {
  const header = headers['authorization'];
  const [, key] = (typeof header === 'string' ? /^Bearer +(\S+) *$/i.exec(header) : null) ?? [];
  return key ?? null;
}

function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
