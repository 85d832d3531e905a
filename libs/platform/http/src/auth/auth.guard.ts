import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import { CsmsError } from '@voltbus/contracts';
import { accessOf, type Access } from './access';
import type { AccessTelemetry } from '../access-telemetry';
import type { Caller, CallerRequest } from './caller';

/** Demands of a tenant's key the scope that the route declares. The key itself was checked before, by `AdmissionHook`. */
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly telemetry: Pick<AccessTelemetry, 'accessDenied'>,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<CallerRequest>();
    const access = accessOf(this.reflector, context, request.method);
    if (access === 'public') return true;
    const { caller } = request;
    if (caller === undefined) throw noKey();
    if (!isAllowed(caller, access)) {
      this.telemetry.accessDenied(access);
      throw denied(access);
    }
    return true;
  }
}

export function noKey(): CsmsError {
  return new CsmsError('unauthorized', 'a valid API key is needed: Authorization: Bearer <key>');
}

function isAllowed({ administrator, key }: Caller, access: Exclude<Access, 'public'>): boolean {
  return administrator || (access !== 'administrator' && key?.scopes.includes(access) === true);
}

function denied(access: Exclude<Access, 'public'>): CsmsError {
  if (access === 'administrator') return new CsmsError('forbidden', 'only the administrator may do that');
  return new CsmsError('forbidden', `the API key lacks the scope ${access}`, { scope: access });
}
