import { SetMetadata, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import type { CallerRequest } from '../auth/caller';

const TENANT_MAY_BE_MISSING = 'voltbus.tenant-may-be-missing';

/** Handler or controller: is answered also where the tenant that `Voltbus-Tenant` names does not exist; for what concerns all tenants, or deleted ones. */
export const TenantMayBeMissing = () => SetMetadata(TENANT_MAY_BE_MISSING, true);

/** Answers `unknown-tenant` to every request in a tenant that does not exist, whichever service has the route. Runs after `AuthGuard`. */
export class KnownTenantGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { caller } = context.switchToHttp().getRequest<CallerRequest>();
    const exempt = this.reflector.getAllAndOverride<boolean | undefined>(TENANT_MAY_BE_MISSING, [context.getHandler(), context.getClass()]);
    if (exempt !== true) await caller?.mustHaveTenant();
    return true;
  }
}
