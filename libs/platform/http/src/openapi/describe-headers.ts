import type { OpenAPIObject } from '@nestjs/swagger';

type Responses = NonNullable<OpenAPIObject['paths'][string]['get']>['responses'];
type Headers = NonNullable<NonNullable<OpenAPIObject['components']>['headers']>;

const text = { type: 'string' };

/** Headers of answers, as they are named on the wire. */
const HEADERS = {
  'X-Request-Id': { description: 'The one of the request, or one that was made. It is in the logs', schema: text, example: 'req-7d1f' },
  RateLimit: {
    description: 'What is left of a quota: its name, the requests that remain (`r`), the seconds until it is full again (`t`)',
    schema: text,
    example: '"key";r=597;t=1',
  },
  'RateLimit-Policy': {
    description: 'The quota: its name, the requests (`q`) of a window of so many seconds (`w`)',
    schema: text,
    example: '"key";q=600;w=60',
  },
  'Retry-After': { description: 'Seconds to wait', schema: { type: 'integer', format: 'int32', minimum: 0, maximum: 86_400 }, example: 5 },
  'WWW-Authenticate': { description: 'The scheme of the keys', schema: text, example: 'Bearer' },
  ETag: {
    description: 'Stands for the members that can be written, and for secrets; strong',
    schema: text,
    example: '"bdzm0HiCcGnnVV1FN7-G9a"',
  },
  Location: { description: 'The path of what was made', schema: text, example: '/v1/tokens/04A1B2C3' },
  Allow: { description: 'The methods that the path takes', schema: text, example: 'GET, HEAD, OPTIONS' },
  'Idempotent-Replayed': {
    description: '`true`: the answer to an earlier request with the same `Idempotency-Key`',
    schema: text,
    example: 'true',
  },
} satisfies Headers;
type HeaderName = keyof typeof HEADERS;

const REPLAYED = { $ref: '#/components/headers/Idempotent-Replayed' };
const ALWAYS: readonly HeaderName[] = ['X-Request-Id', 'RateLimit', 'RateLimit-Policy'];
/** Answered before there is a request, so that it counts against no quota. */
const UNCOUNTED: ReadonlySet<string> = new Set(['408', '431']);
const BY_STATUS: Readonly<Record<string, readonly HeaderName[]>> = {
  '401': ['WWW-Authenticate'],
  '405': ['Allow'],
  '409': ['Retry-After'],
  '429': ['Retry-After'],
  '503': ['Retry-After'],
};

/** The headers that operations refer to. */
export function headerComponents(): Headers {
  return HEADERS;
}

/** Of a resource that has an entity tag. */
const TAGGED: Readonly<Record<string, readonly HeaderName[]>> = { '200': ['ETag'], '201': ['ETag', 'Location'], '304': ['ETag'] };

/** The headers of an answer of this status; `tagged`: of a resource that has an entity tag. */
export function headersOf(status: string, tagged = false): Headers {
  const always: readonly HeaderName[] = UNCOUNTED.has(status) ? ['X-Request-Id'] : ALWAYS;
  const names = [...always, ...(BY_STATUS[status] ?? []), ...((tagged ? TAGGED[status] : undefined) ?? [])];
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

/** The answers of an operation with the headers that each of them has. */
export function withHeaders(method: string, responses: Responses, tagged: boolean): Responses {
  return Object.fromEntries(
    Object.entries(responses).map(([status, one]) => {
      if (one === undefined || '$ref' in one) return [status, one];
      const replayed = method === 'post' && status.startsWith('2') ? { 'Idempotent-Replayed': REPLAYED } : {};
      return [status, { ...one, headers: { ...headersOf(status, tagged), ...replayed, ...one.headers } }];
    }),
  );
}
