import { applyDecorators, SetMetadata, type ExecutionContext } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiSecurity } from '@nestjs/swagger';
import type { RouteMarks } from '../requests/route-table';
import type { Scope } from './api-keys';

const ACCESS = 'voltbus.access';

/** Security schemes of the API's description. Both are bearer keys; they differ in their holders. */
export const ADMINISTRATOR_SCHEME = 'administrator';
export const TENANT_KEY_SCHEME = 'tenantKey';

/** Marks a public route in a list of security requirements, and is removed when the description is finished. */
export const NO_SCHEME = 'none';

/** The callers that a route admits: everybody, the administrator alone, or also a tenant's key with that scope. */
export type Access = 'public' | 'administrator' | Scope;

/** Handler: needs no key. */
export const Public = () =>
  applyDecorators(SetMetadata(ACCESS, 'public' satisfies Access), RouteConfig({ open: true } satisfies RouteMarks), ApiSecurity(NO_SCHEME));

/** Handler: a ticket in the query (`?ticket=`) will do in the place of a key. */
export const TakesTicket = () => RouteConfig({ takesTicket: true } satisfies RouteMarks);

/** Handler or controller: takes only the administrator's key, because it concerns more than one tenant. */
export const AdminOnly = () => applyDecorators(SetMetadata(ACCESS, 'administrator' satisfies Access), ApiSecurity(ADMINISTRATOR_SCHEME));

/** Handler or controller: a tenant's key needs this scope; the administrator's needs none. */
export const Needs = (scope: Scope) =>
  applyDecorators(SetMetadata(ACCESS, scope), ...securityOf(scope).map((one) => ApiSecurity(one as Record<string, string[]>)));

/** The scope that a route without a mark needs: `read` to look, and for a change the highest, so that none is open by oversight. */
export function defaultAccess(method: string): Scope {
  return ['GET', 'HEAD'].includes(method.toUpperCase()) ? 'read' : 'admin';
}

/** As OpenAPI 3.1 writes it: the scope stands as the role that the key must have. */
export function securityOf(scope: Scope): Readonly<Record<string, readonly string[]>>[] {
  return [{ [ADMINISTRATOR_SCHEME]: [] }, { [TENANT_KEY_SCHEME]: [scope] }];
}

export function accessOf(reflector: Reflector, context: ExecutionContext, method: string): Access {
  return reflector.getAllAndOverride<Access | undefined>(ACCESS, [context.getHandler(), context.getClass()]) ?? defaultAccess(method);
}
