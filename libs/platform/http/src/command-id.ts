import { randomUUID } from 'node:crypto';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { CsmsError, deterministicId } from '@voltbus/contracts';
import type { CallerRequest } from './tenant';
import { text } from './values/values';

const HEADER = 'Idempotency-Key';
/** Characters. */
const MAX_KEY = 255;
const keySchema = text.min(1).max(MAX_KEY);

/** Operation: takes `Idempotency-Key`, as `CommandId` reads it. */
export const ApiIdempotencyKey = (): MethodDecorator =>
  ApiHeader({ name: HEADER, required: false, description: 'The same key with the same body is the same command' });

/** The id of the command that a request asks for: its tenant's for that key, else a new one. Throws `bad-request` on a key that cannot be one. */
export function commandIdOf(tenant: string, key: string | string[] | undefined): string {
  if (key === undefined) return randomUUID();
  const { success, data } = keySchema.safeParse(key);
  if (!success) throw new CsmsError('bad-request', `${HEADER}: 1 to ${MAX_KEY} characters`);
  return deterministicId(tenant, 'command', data);
}

/** Parameter: the id of the command that the request asks for. The same `Idempotency-Key` is the same command. */
export const CommandId = createParamDecorator((_data: unknown, context: ExecutionContext): string => {
  const { caller, headers } = context.switchToHttp().getRequest<CallerRequest>();
  if (caller === undefined) throw new Error('a command was asked for where nobody has to say who they are');
  return commandIdOf(caller.tenant, headers['idempotency-key']);
});
