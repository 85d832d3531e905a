import { applyDecorators, SetMetadata, type ExecutionContext } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiSecurity } from '@nestjs/swagger';
import type { Scope } from './api-keys';
import type { RouteMarks } from './requests/route-table';

const ACCESS = 'voltbus.access';

/** Security schemes of the API's description. Both are bearer keys; they differ in who has one. */
export const ADMINISTRATOR_SCHEME = 'administrator';
export const TENANT_KEY_SCHEME = 'tenantKey';

/** Stands for no key in a list of requirements: removed from the description when it is finished. */
export const NO_SCHEME = 'none';

/** Who may use a route: everybody, the administrator alone, or also a tenant's key with that scope. */
export type Access = 'public' | 'administrator' | Scope;

/** Handler: no key is asked for. */
export const Public = () =>
  applyDecorators(SetMetadata(ACCESS, 'public' satisfies Access), RouteConfig({ open: true } satisfies RouteMarks), ApiSecurity(NO_SCHEME));

/** Only the administrator's key: what concerns more than one tenant. */
export const AdminOnly = () => applyDecorators(SetMetadata(ACCESS, 'administrator' satisfies Access), ApiSecurity(ADMINISTRATOR_SCHEME));

/** A tenant's key needs this scope; the administrator's needs none. */
export const Needs = (scope: Scope) =>
  applyDecorators(SetMetadata(ACCESS, scope), ...securityOf(scope).map((one) => ApiSecurity(one as Record<string, string[]>)));

/** Who may use a route that does not say: to look needs `read`; a change nobody thought about needs the most a key can have. */
export function unsaidAccess(method: string): Scope {
  return ['GET', 'HEAD'].includes(method.toUpperCase()) ? 'read' : 'admin';
}

/** As OpenAPI 3.1 says it: the scope stands as the role that the key must have. */
export function securityOf(scope: Scope): Readonly<Record<string, readonly string[]>>[] {
  return [{ [ADMINISTRATOR_SCHEME]: [] }, { [TENANT_KEY_SCHEME]: [scope] }];
}

export function accessOf(reflector: Reflector, context: ExecutionContext, method: string): Access {
  return reflector.getAllAndOverride<Access | undefined>(ACCESS, [context.getHandler(), context.getClass()]) ?? unsaidAccess(method);
}
