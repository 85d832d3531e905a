import { ApiProblem, NoAnswer } from './errors';
import type { ApiMethod } from './operations';
import { pause } from './waiting';

/** Bounds on the repeats of one request. */
export interface RetryLimits {
  /** Tries, the first one included; 1: nothing is repeated. */
  tries: number;
  /** From the first try: no try begins after it. A longer `Retry-After` ends the request with its problem at once. */
  totalMs: number;
  /** The pause before the first repeat, where the server names none; each further one is twice as long, and chance takes up to half of it away. */
  firstPauseMs: number;
  longestPauseMs: number;
}

export const RETRY_LIMITS: Readonly<RetryLimits> = { tries: 4, totalMs: 60_000, firstPauseMs: 250, longestPauseMs: 8_000 };

interface Repeatable {
  method: ApiMethod;
  headers: Headers;
}

/** Sends until there is an answer, as often as is safe and within the limits; throws the last error. */
export async function withRetries<T>(
  request: Repeatable,
  limits: RetryLimits,
  send: () => Promise<T>,
  { signal, onGone }: { signal: AbortSignal | undefined; onGone: () => T },
): Promise<T> {
  const end = performance.now() + limits.totalMs;
  let answerLost = false;
  for (let tries = 1; ; tries++) {
    try {
      return await send();
    } catch (error) {
      if (answerLost && isGone(request, error)) return onGone();
      if (tries >= limits.tries || !mayRepeat(request, error, tries)) throw error;
      const waitMs = pauseMs(tries, retryAfterOf(error), limits);
      if (performance.now() + waitMs > end) throw error;
      answerLost ||= !isRefusal(error);
      await pause(waitMs, signal);
    }
  }
}

/** Whether sending it again can do nothing twice. `tries` were made so far. */
export function mayRepeat({ method, headers }: Repeatable, error: unknown, tries: number): boolean {
  if (isRefusal(error)) return true;
  if (error instanceof ApiProblem && error.code === 'idempotency-key-in-use') return tries > 1; // by the try whose answer was lost
  const temporary = error instanceof NoAnswer || (error instanceof ApiProblem && [408, 502, 503, 504].includes(error.status));
  if (!temporary) return false;
  // A precondition holds only until the change is made: the repeat of one that was made would be refused.
  const conditional = headers.has('if-match') || headers.has('if-none-match');
  return method === 'get' || (method === 'post' ? headers.has('idempotency-key') : method !== 'patch' && !conditional);
}

/** The pause after so many tries: what the server asks for, else growing and random. */
function pauseMs(tries: number, retryAfterSeconds: number | null, { firstPauseMs, longestPauseMs }: RetryLimits): number {
  if (retryAfterSeconds !== null) return retryAfterSeconds * 1_000;
  return Math.min(firstPauseMs * 2 ** (tries - 1), longestPauseMs) * (1 - Math.random() / 2);
}

function retryAfterOf(error: unknown): number | null {
  return error instanceof ApiProblem ? error.retryAfterSeconds : null;
}

/** 429 is answered before anything is done, and so is our 408: the request was not there whole. That of a proxy may be about its own wait for us. */
function isRefusal(error: unknown): boolean {
  return error instanceof ApiProblem && (error.status === 429 || error.code === 'request-timeout');
}

/** What a DELETE whose answer was lost was to bring about. */
function isGone({ method }: Repeatable, error: unknown): boolean {
  return method === 'delete' && error instanceof ApiProblem && error.code === 'not-found';
}
