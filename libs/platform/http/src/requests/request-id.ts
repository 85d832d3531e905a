import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export const REQUEST_ID_HEADER = 'x-request-id';
/** An id that a caller may choose: short, and without a character that a log or a header would have to escape. */
const ACCEPTED = /^[\w.:/+=@-]{1,128}$/;

/** The caller's id of a request where it is acceptable, else a new one. It stands in the answer, in its problem and in the log. */
export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers[REQUEST_ID_HEADER];
  return typeof given === 'string' && ACCEPTED.test(given) ? given : randomUUID();
}
