import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { CallerRequest } from './tenant';

/** Parameter: whether the administrator asks. */
export const Administrator = createParamDecorator(
  (_data: unknown, context: ExecutionContext): boolean => context.switchToHttp().getRequest<CallerRequest>().caller?.administrator === true,
);
