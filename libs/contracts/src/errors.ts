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

/** What is to be removed, or changed, is still used; `usedBy` names its users, at most ten. */
export function inUse(usedBy: readonly string[]): CsmsError {
  return new CsmsError('in-use', `it is used by ${usedBy.join(', ')}`, { usedBy });
}

/** What is wrong with one member of a body; `path` is its JSON pointer. */
export function invalidAt(path: string, message: string): CsmsError {
  return new CsmsError('invalid', `${path}: ${message}`, { errors: [{ path, message }] });
}

/** Error codes and the HTTP status each has in the API. */
export const CSMS_ERROR_STATUS = {
  'bad-request': 400,
  'invalid-cursor': 400,
  unauthorized: 401,
  forbidden: 403,
  'foreign-tenant': 403,
  'not-found': 404,
  'unknown-station': 404,
  'method-not-allowed': 405,
  'request-timeout': 408,
  conflict: 409,
  'in-use': 409,
  'secret-in-command': 409,
  'too-late': 409,
  'precondition-failed': 412,
  'payload-too-large': 413,
  'unsupported-media-type': 415,
  invalid: 422,
  'unknown-reference': 422,
  'wrong-one-time-code': 422,
  'too-many-requests': 429,
  'too-many-commands': 429,
  unavailable: 503,
} as const;

export type CsmsErrorCode = keyof typeof CSMS_ERROR_STATUS;
