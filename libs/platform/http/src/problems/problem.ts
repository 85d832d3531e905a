import { HttpException } from '@nestjs/common';
import { BusFull, BusUnavailable, TransientError } from '@voltbus/bus';
import { ConnectionsUnavailable } from '@voltbus/connections';
import { CSMS_ERROR_STATUS, CsmsError, type CsmsErrorCode } from '@voltbus/contracts';
import { isTransientDatabaseError } from '@voltbus/database';
import type { FastifyReply } from 'fastify';

/** RFC 9457. `code` is stable: clients branch on it. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  [member: string]: unknown;
}

const TITLES: Readonly<Record<CsmsErrorCode | 'internal', string>> = {
  'bad-request': 'The request cannot be read',
  unauthorized: 'No valid API key',
  forbidden: 'The API key does not allow that',
  'foreign-tenant': 'The API key is of another tenant',
  'invalid-cursor': 'The cursor is of another list, or of none',
  'not-found': 'There is no such thing',
  'unknown-station': 'There is no such station',
  'method-not-allowed': 'The path does not take that method',
  'request-timeout': 'The request did not come in time',
  conflict: 'That conflicts with what is there',
  'in-use': 'It is still used',
  'precondition-failed': 'The precondition does not hold',
  'secret-in-command': 'The command carries a secret of the station',
  'too-late': 'It is too late for that',
  'payload-too-large': 'The body is too large',
  'unsupported-media-type': 'The body is not of a kind that is read here',
  invalid: 'The request is not valid',
  'unknown-reference': 'The request names something that is not there',
  'wrong-one-time-code': 'The one-time code is wrong',
  'too-many-requests': 'Too many requests',
  'too-many-commands': 'Too many commands',
  unavailable: 'Temporarily unavailable',
  internal: 'An internal error',
};
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
  const { retryAfterSeconds = RETRY_AFTER_SECONDS } = problem;
  if (problem.status === 503 || problem.status === 429) void reply.header('retry-after', retryAfterSeconds);
  if (problem.status === 401) void reply.header('www-authenticate', 'Bearer');
  void reply
    .status(problem.status)
    .header('content-type', 'application/problem+json')
    .send(JSON.stringify({ ...problem, requestId: reply.request.id }));
}

/** The problem that an error is answered with. */
export function problemOf(error: unknown): Problem {
  if (error instanceof CsmsError) return problem(CSMS_ERROR_STATUS[error.code], error.code, error.message, error.details);
  if (isUnavailable(error)) return problem(503, 'unavailable', 'a part of the system is away; nothing was changed that was not answered');
  const status = statusOf(error);
  const code = (status === null ? undefined : CODES[status]) ?? 'bad-request';
  if (status !== null) return problem(status, code, error instanceof Error ? error.message : '');
  return problem(500, 'internal', 'it was logged');
}

function problem(status: number, code: CsmsErrorCode | 'internal', detail: string, more: Readonly<Record<string, unknown>> = {}): Problem {
  return { ...more, type: `urn:voltbus:problem:${code}`, title: TITLES[code], status, code, detail };
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
