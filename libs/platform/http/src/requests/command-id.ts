import { randomUUID } from 'node:crypto';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { deterministicId } from '@voltbus/contracts';
import type { FastifyReply } from 'fastify';
import { callerOf, type CallerRequest } from '../auth/caller';
import { REPLAYED_HEADER, idempotencyKeyOf } from '../idempotency/idempotency-key';

/** The id of a command, as its request names it. */
export interface CommandIdentity {
  /** Derived from the tenant and the `Idempotency-Key`, else a new one. */
  id: string;
  /** Tells the caller that the command was there before. */
  onRepeat(this: void): void;
}

/** Parameter: the command that the request asks for; the same `Idempotency-Key` is the same one. Throws `bad-request` on a key that cannot be one. */
export const CommandId = createParamDecorator((_data: unknown, context: ExecutionContext): CommandIdentity => {
  const http = context.switchToHttp();
  const key = idempotencyKeyOf(http.getRequest<CallerRequest>());
  return {
    id: key === undefined ? randomUUID() : deterministicId(callerOf(context).tenant, 'command', key),
    onRepeat: () => void http.getResponse<FastifyReply>().header(REPLAYED_HEADER, 'true'),
  };
});
