import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { callerOf, type Caller, type CallerRequest } from './caller';

/** Parameter: the caller of the request. */
export const RequestCaller = createParamDecorator((_data: unknown, context: ExecutionContext): Caller => callerOf(context));

/** Parameter: whether the caller is the administrator. */
export const Administrator = createParamDecorator(
  (_data: unknown, context: ExecutionContext): boolean => context.switchToHttp().getRequest<CallerRequest>().caller?.administrator === true,
);

/** Parameter: who changes something, as it is kept: the id of the tenant's key, issuer and subject of the access token, or `administrator`. */
export const Actor = createParamDecorator((_data: unknown, context: ExecutionContext): string => callerOf(context).actor);

/** Parameter: the tenant that the request is about. It exists, unless the route is marked `TenantMayBeMissing`. */
export const Tenant = createParamDecorator((_data: unknown, context: ExecutionContext): string => callerOf(context).tenant);
