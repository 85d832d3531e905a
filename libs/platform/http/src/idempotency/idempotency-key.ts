import { SetMetadata } from '@nestjs/common';
import type { CallerRequest } from '../auth/caller';
import { faultyRequest } from '../requests/request-faults';

const HEADER = 'Idempotency-Key';
/** An answer that was given before has this header. */
export const REPLAYED_HEADER = 'idempotent-replayed';
/** Visible ASCII, 1 to 255 characters. A header that is sent twice arrives joined by a comma and a space, and is refused too. */
const ACCEPTED = /^[\x21-\x7e]{1,255}$/;

/** The key of a request, if it has one. Throws `bad-request` on one that cannot be a key. */
export function idempotencyKeyOf({ headers }: Pick<CallerRequest, 'headers'>): string | undefined {
  const given = headers['idempotency-key'];
  if (given === undefined) return undefined;
  if (typeof given === 'string' && ACCEPTED.test(given)) return given;
  throw faultyRequest('bad-request', [
    { in: 'header', path: `/${HEADER}`, message: 'is not 1 to 255 visible ASCII characters, given once' },
  ]);
}

const FINDS_COMMAND = 'voltbus.idempotency-key-finds-command';

/** Handler: the key is the command's (`CommandId`), so that a repeat is answered with the command as it is now, not with an answer that was kept. */
export const KeyFindsCommand = () => SetMetadata(FINDS_COMMAND, true);

export { FINDS_COMMAND };
