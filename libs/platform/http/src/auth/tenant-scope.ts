import type { CallHandler, CanActivate, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import { runForTenant } from '@voltbus/database';
import { Observable } from 'rxjs';
import { accessOf } from './access';
import type { CallerRequest } from './caller';
import { PERMISSIONS } from './permissions';

/**
 * The tenant that a request is limited to in the database; null: it is public, or concerns all tenants by the permission of its route, which only the
 * administrator has. Also the administrator's requests in one tenant are limited to it.
 */
function tenantOf(reflector: Pick<Reflector, 'get'>, context: ExecutionContext): string | null {
  const { caller } = context.switchToHttp().getRequest<CallerRequest>();
  const access = accessOf(reflector, context);
  if (access === 'public' || caller === undefined) return null;
  return PERMISSIONS[access.permission].scope === null ? null : caller.tenant;
}

/** Handles a request so that the database limits it to the tenant of its caller (ADR 114). Must be the first interceptor. */
export class TenantScopeInterceptor implements NestInterceptor {
  constructor(private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const tenant = tenantOf(this.reflector, context);
    if (tenant === null) return next.handle();
    return new Observable((subscriber) => runForTenant(tenant, () => next.handle().subscribe(subscriber)));
  }
}

/** A guard that reads for the request, limited in the same way. It runs after `AuthGuard`. */
export class TenantScopedGuard implements CanActivate {
  constructor(
    private readonly guard: CanActivate,
    private readonly reflector: Reflector,
  ) {}

  canActivate(context: ExecutionContext): ReturnType<CanActivate['canActivate']> {
    const tenant = tenantOf(this.reflector, context);
    const ask = () => this.guard.canActivate(context);
    return tenant === null ? ask() : runForTenant(tenant, ask);
  }
}
