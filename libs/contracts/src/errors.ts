import type { CsmsErrorCode } from './problems';

/** An error that an operator or another service gets. `code` is stable: clients branch on it. */
export class CsmsError extends Error {
  constructor(
    readonly code: CsmsErrorCode,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'CsmsError';
  }
}

/** A member of a body names something that is not there; `path` is its JSON pointer. */
export function unknownReference(path: string, what: string): CsmsError {
  return new CsmsError('unknown-reference', `${path}: there is no such ${what}`, {
    errors: [{ path, message: `there is no such ${what}` }],
  });
}

/** Users that a problem names at most: who asks for them need not read more. */
export const MOST_USERS_NAMED = 10;

/** What is to be removed, or changed, is still used; `usedBy` names the first of these users. `why`: instead of the sentence that says so. */
export function inUse(users: readonly string[], why?: string): CsmsError {
  const usedBy = users.slice(0, MOST_USERS_NAMED);
  return new CsmsError('in-use', why ?? `it is used by ${usedBy.join(', ')}`, { usedBy });
}

/** What is wrong with one member of a body; `path` is its JSON pointer. */
export function invalidAt(path: string, message: string): CsmsError {
  return new CsmsError('invalid', `${path}: ${message}`, { errors: [{ path, message }] });
}
