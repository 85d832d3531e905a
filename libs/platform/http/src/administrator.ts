import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Caller } from './caller';
import type { CallerRequest } from './tenant';

/** Parameter: whether the administrator asks. */
export const Administrator = createParamDecorator(
  (_data: unknown, context: ExecutionContext): boolean => context.switchToHttp().getRequest<CallerRequest>().caller?.administrator === true,
);

/** Parameter: the tenant's key that asks; null: the administrator. */
export const ApiKey = createParamDecorator(
  (_data: unknown, context: ExecutionContext): Caller['key'] => context.switchToHttp().getRequest<CallerRequest>().caller?.key ?? null,
);

/** Parameter: the id of the tenant's key that asks; null: the administrator. */
export const KeyId = createParamDecorator(
  (_data: unknown, context: ExecutionContext): string | null => context.switchToHttp().getRequest<CallerRequest>().caller?.key?.id ?? null,
);
