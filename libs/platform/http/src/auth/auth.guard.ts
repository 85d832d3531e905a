import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import { CsmsError } from '@voltbus/contracts';
import { accessOf } from './access';
import type { AccessTelemetry } from '../access-telemetry';
import type { CallerRequest } from './caller';
import { PERMISSIONS, type Permission } from './permissions';

/** Demands the permission that the route declares. The caller was authenticated before, by `AdmissionHook`; which stations it may see is checked by `StationScopeGuard`. */
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly telemetry: Pick<AccessTelemetry, 'accessDenied'>,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<CallerRequest>();
    const access = accessOf(this.reflector, context);
    if (access === 'public') return true;
    const { caller, body } = request;
    if (caller === undefined) throw noKey();
    const { permission, reach, also } = access;
    const missing = [permission, also?.(body) ?? permission].find((one) => !caller.rights.has(one));
    if (missing !== undefined) throw this.denied(missing);
    if (caller.stationGroups !== null && reach.kind === 'refused') throw this.tooWide(permission);
    return true;
  }

  private denied(permission: Permission): CsmsError {
    this.telemetry.accessDenied(permission);
    return lacksPermission(permission);
  }

  private tooWide(permission: Permission): CsmsError {
    this.telemetry.accessDenied(permission);
    return new CsmsError('limited-to-station-groups', 'that concerns the whole tenant, and the caller is limited to station groups');
  }
}

export function noKey(): CsmsError {
  return new CsmsError('unauthorized', 'a valid API key or access token is needed: Authorization: Bearer <key>');
}

/** 403: what a caller lacks. */
export function lacksPermission(permission: Permission): CsmsError {
  const detail = PERMISSIONS[permission].scope === null ? 'only the administrator may do that' : `that needs the permission ${permission}`;
  return new CsmsError('forbidden', detail, { permission });
}
