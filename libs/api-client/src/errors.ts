import { PROBLEM_CODES } from './generated/problem-codes';
import type { Schemas } from './operations';
import { retryAfterSecondsOf } from './retry-after';

/** The stable codes of problems. `unrecognized`: one that this version of the client does not know, or an error without a problem, as of a proxy. */
export type ProblemCode = (typeof PROBLEM_CODES)[number] | 'unrecognized';

/** One place of a request that is wrong. */
export type ProblemError = Schemas['ProblemError'];

/** Characters of an answer that an error shows. */
const EXCERPT_LENGTH = 200;
const CODES: ReadonlySet<string> = new Set(PROBLEM_CODES);

/** The API, or a proxy before it, refused a request: an answer of 400 or above. Branch on `code`, and on `status` where it is `unrecognized`. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly code: ProblemCode;
  readonly status: number;
  /** What happened this time, for a person. */
  readonly detail: string;
  /** The answer's `X-Request-Id`, which is in the logs of the server. */
  readonly requestId: string | null;
  /** Every place of the request that is wrong, at most a hundred. */
  readonly errors: readonly ProblemError[];
  /** What the server asks to wait; null where it does not. */
  readonly retryAfterSeconds: number | null;
  /** The problem as it came, with the members that only some codes have; null where there was none. */
  readonly body: Readonly<Schemas['Problem'] & Record<string, unknown>> | null;

  constructor(request: string, { status, headers }: Pick<Response, 'status' | 'headers'>, text: string) {
    const body = problemIn(text);
    const detail = body?.detail ?? excerpt(text);
    super(`${request}: ${status} ${body?.code ?? 'without a problem'}: ${detail}`);
    this.code = body !== null && isCode(body.code) ? body.code : 'unrecognized';
    this.status = status;
    this.detail = detail;
    this.requestId = body?.requestId ?? headers.get('x-request-id');
    this.errors = Array.isArray(body?.errors) ? body.errors : [];
    this.retryAfterSeconds = retryAfterSecondsOf(headers.get('retry-after'), Date.now());
    this.body = body;
  }
}

/** There was no whole answer: the server could not be reached, the connection was cut, or the time was over. Whether it was carried out is not known. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';

  constructor(
    request: string,
    readonly timedOut: boolean,
    cause?: unknown,
  ) {
    super(`${request}: ${timedOut ? 'no answer in time' : `no whole answer${cause instanceof Error ? ` (${cause.message})` : ''}`}`, {
      cause,
    });
  }
}

/** An answer that the API does not give, such as the page of a proxy: not JSON where JSON is due, a redirect, a list without end, too much. */
export class UnexpectedAnswer extends Error {
  override readonly name = 'UnexpectedAnswer';

  constructor(
    request: string,
    fault: string,
    /** The HTTP status. */
    readonly status: number,
    text = '',
  ) {
    super(`${request}: ${fault}${text === '' ? '' : `: ${excerpt(text)}`}`);
  }
}

/** The error that a caller gets: what shows an answer as it is, anything else as the lack of one. */
export function errorOf(request: string, error: unknown): ApiProblem | UnexpectedAnswer | NoAnswer {
  return error instanceof ApiProblem || error instanceof UnexpectedAnswer ? error : new NoAnswer(request, false, error);
}

function isCode(code: string): code is (typeof PROBLEM_CODES)[number] {
  return CODES.has(code);
}

/** Null for anything else than an object with the members that every problem has. */
function problemIn(text: string): ApiProblem['body'] {
  try {
    const found = JSON.parse(text) as ApiProblem['body'];
    return typeof found?.code === 'string' && typeof found.detail === 'string' ? found : null;
  } catch {
    return null;
  }
}

function excerpt(text: string): string {
  return text.slice(0, EXCERPT_LENGTH).replace(/\s+/g, ' ').trim();
}
