import { applyDecorators, SetMetadata, type ExecutionContext } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExtension, ApiSecurity } from '@nestjs/swagger';
import type { RouteMarks } from '../requests/route-table';
import { PERMISSIONS, type Permission } from './permissions';
import type { Reach } from './reach';

const ACCESS = 'voltbus.access';

/** Security schemes of the API's description. All but the session's cookie are bearer credentials; they differ in their holders. */
export const ADMINISTRATOR_SCHEME = 'administrator';
export const TENANT_KEY_SCHEME = 'tenantKey';
export const ACCESS_TOKEN_SCHEME = 'accessToken';
export const SESSION_SCHEME = 'session';

/** Marks a public route in a list of security requirements, and is removed when the description is finished. */
export const NO_SCHEME = 'none';

/** Members of an operation's description: its permission, and what it is to a caller that is limited to station groups. */
export const PERMISSION_EXTENSION = 'x-voltbus-permission';
export const REACH_EXTENSION = 'x-voltbus-station-groups';

/** What a route needs of its caller, as `Needs` declares it. */
interface NeededRight {
  permission: Permission;
  reach: Reach;
  /** A further permission that what is asked for needs, by the body as it was sent. */
  also?: (body: unknown) => Permission | null;
}

/** Who may use a route: everybody, or callers with a right. */
type Access = 'public' | NeededRight;

/** Handler: needs no key. */
export const Public = () =>
  applyDecorators(SetMetadata(ACCESS, 'public' satisfies Access), RouteConfig({ open: true } satisfies RouteMarks), ApiSecurity(NO_SCHEME));

/** Handler: a ticket in the query (`?ticket=`) will do in the place of a key. */
export const TakesTicket = () => RouteConfig({ takesTicket: true } satisfies RouteMarks);

/** Handler: the permission that its caller needs, and how the route keeps to the station groups of a caller that is limited to some. */
export function Needs(permission: Permission, reach: Reach, { also }: Pick<NeededRight, 'also'> = {}) {
  const needed: NeededRight = { permission, reach, ...(also === undefined ? {} : { also }) };
  return applyDecorators(
    SetMetadata(ACCESS, needed),
    ApiExtension(PERMISSION_EXTENSION, permission),
    ApiExtension(REACH_EXTENSION, reach.kind),
    ...schemesFor(permission).map((one) => ApiSecurity(one as Record<string, string[]>)),
  );
}

/** As OpenAPI 3.1 writes it: the permission stands as the role that the key or token must have. */
function schemesFor(permission: Permission): Readonly<Record<string, readonly string[]>>[] {
  const schemes = PERMISSIONS[permission].scope === null ? [] : [TENANT_KEY_SCHEME, ACCESS_TOKEN_SCHEME, SESSION_SCHEME];
  return [{ [ADMINISTRATOR_SCHEME]: [] }, ...schemes.map((scheme) => ({ [scheme]: [permission] }))];
}

/** What a handler declares; undefined where it declares nothing, which `checkDeclared` refuses at the start. */
export function declaredAccess(reflector: Pick<Reflector, 'get'>, handler: ReturnType<ExecutionContext['getHandler']>): Access | undefined {
  return reflector.get<Access | undefined>(ACCESS, handler);
}

/** Throws on a route without a declaration, so that none is open by oversight. */
export function accessOf(reflector: Pick<Reflector, 'get'>, context: ExecutionContext): Access {
  const access = declaredAccess(reflector, context.getHandler());
  if (access === undefined) throw new Error(`${context.getClass().name} has a route without @Needs or @Public`);
  return access;
}
