import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import { CsmsError } from '@voltbus/contracts';
import { accessOf, type Access } from './access';
import type { Caller, CallerRequest } from './caller';

/** Demands of a tenant's key the scope that the route declares. The key itself was checked before, by `AdmissionHook`. */
export class AuthGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<CallerRequest>();
    const access = accessOf(this.reflector, context, request.method);
    if (access === 'public') return true;
    const { caller } = request;
    if (caller === undefined) throw noKey();
    mustBeAllowed(caller, access);
    return true;
  }
}

export function noKey(): CsmsError {
  return new CsmsError('unauthorized', 'a valid API key is needed: Authorization: Bearer <key>');
}

function mustBeAllowed({ administrator, key }: Caller, access: Exclude<Access, 'public'>): void {
  if (administrator) return;
  if (access === 'administrator') throw new CsmsError('forbidden', 'only the administrator may do that');
  if (key?.scopes.includes(access) !== true) throw new CsmsError('forbidden', `the API key lacks the scope ${access}`, { scope: access });
}
