import { randomUUID } from 'node:crypto';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { CsmsError, deterministicId, text } from '@voltbus/contracts';
import { callerOf, type CallerRequest } from '../auth/caller';

const HEADER = 'Idempotency-Key';
/** Characters. */
const MAX_KEY = 255;
const keySchema = text.min(1).max(MAX_KEY);

/** Operation: takes `Idempotency-Key`, which `CommandId` reads. */
export const ApiIdempotencyKey = (): MethodDecorator =>
  ApiHeader({ name: HEADER, required: false, description: 'The same key with the same body is the same command' });

/** The id of the command that a request asks for: derived from its key and tenant, else a new one. Throws `bad-request` on a key that cannot be one. */
function commandIdOf(tenant: string, key: string | string[] | undefined): string {
  if (key === undefined) return randomUUID();
  const { success, data } = keySchema.safeParse(key);
  if (!success) throw new CsmsError('bad-request', `${HEADER}: 1 to ${MAX_KEY} characters`);
  return deterministicId(tenant, 'command', data);
}

/** Parameter: the id of the command that the request asks for. The same `Idempotency-Key` gives the same id. */
export const CommandId = createParamDecorator((_data: unknown, context: ExecutionContext): string => {
  const { headers } = context.switchToHttp().getRequest<CallerRequest>();
  return commandIdOf(callerOf(context).tenant, headers['idempotency-key']);
});
