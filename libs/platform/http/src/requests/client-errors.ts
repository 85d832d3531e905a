import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { CsmsError } from '@voltbus/contracts';
import { problemOf, type Problem } from '../problems/problem';
import { REQUEST_ID_HEADER } from './request-id';

/** An error that Node reports before there is a request. */
type ClientError = Error & { code?: string };

/** Answers bytes that never became a request, such as headers that did not come in time, and closes the socket. */
export function answerClientError(error: ClientError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  socket.end(rawAnswer(problemOf(causeOf(error))), () => socket.destroy());
}

function causeOf({ code }: ClientError): CsmsError | { statusCode: number } {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new CsmsError('request-timeout', 'the request did not come in time');
  if (code === 'HPE_HEADER_OVERFLOW') return Object.assign(new Error('the headers are too large'), { statusCode: 431 });
  return new CsmsError('bad-request', 'that is no HTTP');
}

function rawAnswer(problem: Problem): string {
  const requestId = randomUUID(); // there is no request whose id could be taken
  const body = JSON.stringify({ ...problem, requestId });
  return [
    `HTTP/1.1 ${problem.status} ${problem.title}`,
    'content-type: application/problem+json',
    `${REQUEST_ID_HEADER}: ${requestId}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    '',
    body,
  ].join('\r\n');
}
