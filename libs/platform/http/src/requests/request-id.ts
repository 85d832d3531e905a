import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export const REQUEST_ID_HEADER = 'x-request-id';
/** What is taken from a caller: short, and nothing that would need to be escaped in a log or a header. */
const TAKEN = /^[\w.:/+=@-]{1,128}$/;

/** The caller's id of a request, where it can be one, else a new one: in the answer, in its problem and in the log. */
export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers[REQUEST_ID_HEADER];
  return typeof given === 'string' && TAKEN.test(given) ? given : randomUUID();
}
