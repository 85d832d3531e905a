import { HttpException } from '@nestjs/common';
import { BusFull, BusUnavailable, TransientError } from '@voltbus/bus';
import { ConnectionsUnavailable } from '@voltbus/connections';
import { CsmsError, PROBLEMS, type CsmsErrorCode, type ProblemCode } from '@voltbus/contracts';
import { isTransientDatabaseError } from '@voltbus/database';
import type { FastifyReply } from 'fastify';
import { REQUEST_ID_HEADER } from '../requests/request-id';

/** RFC 9457. `code` is stable: clients branch on it. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  [member: string]: unknown;
}

/** The page of a problem is below it. The `type` is relative to the API that answers (RFC 9457, 3.1.1), so that its page is there also without internet. */
export const PROBLEM_PATH = '/problems/';
const RETRY_AFTER_SECONDS = 5;
/** The codes of the statuses that Nest and Fastify use in their own exceptions. */
const CODES: Readonly<Record<number, CsmsErrorCode>> = {
  400: 'bad-request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not-found',
  409: 'conflict',
  405: 'method-not-allowed',
  408: 'request-timeout',
  412: 'precondition-failed',
  413: 'payload-too-large',
  415: 'unsupported-media-type',
  422: 'invalid',
  429: 'too-many-requests',
  503: 'unavailable',
};

export function sendProblem(reply: FastifyReply, problem: Problem): void {
  const { retryAfterSeconds = [429, 503].includes(problem.status) ? RETRY_AFTER_SECONDS : undefined } = problem;
  if (retryAfterSeconds !== undefined) void reply.header('retry-after', retryAfterSeconds);
  if (problem.status === 401) void reply.header('www-authenticate', challengeOf(problem));
  void reply
    .status(problem.status)
    .header('content-type', 'application/problem+json')
    .header(REQUEST_ID_HEADER, reply.request.id) // also on the errors that come before the hooks
    .send(JSON.stringify({ ...problem, requestId: reply.request.id }));
}

/** As RFC 6750 names it, so that client libraries fetch another token. */
function challengeOf({ code }: Problem): string {
  return code === 'invalid-access-token' ? 'Bearer error="invalid_token"' : 'Bearer';
}

/** The problem that an error is answered with. */
export function problemOf(error: unknown): Problem {
  if (error instanceof CsmsError) return problem(PROBLEMS[error.code].status, error.code, error.message, error.details);
  if (isUnavailable(error)) return problem(503, 'unavailable', 'a part of the system is away; nothing was changed that was not answered');
  const status = statusOf(error);
  const code = (status === null ? undefined : CODES[status]) ?? 'bad-request';
  if (status !== null) return problem(status, code, error instanceof Error ? error.message : '');
  return problem(500, 'internal', 'it was logged');
}

function problem(status: number, code: ProblemCode, detail: string, more: Readonly<Record<string, unknown>> = {}): Problem {
  return { ...more, type: `${PROBLEM_PATH}${code}`, title: PROBLEMS[code].title, status, code, detail };
}

function isUnavailable(error: unknown): boolean {
  return (
    error instanceof ConnectionsUnavailable ||
    error instanceof BusUnavailable ||
    error instanceof BusFull ||
    error instanceof TransientError ||
    isTransientDatabaseError(error)
  );
}

/** The status of Nest's exceptions, and of Fastify's, which carry a `statusCode`. */
function statusOf(error: unknown): number | null {
  if (error instanceof HttpException) return error.getStatus() < 500 || CODES[error.getStatus()] !== undefined ? error.getStatus() : null;
  const { statusCode } = (error ?? {}) as { statusCode?: unknown };
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 ? statusCode : null;
}
