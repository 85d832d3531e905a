import type { OpenAPIObject } from '@nestjs/swagger';
import { PROBLEMS as PROBLEM_CODES } from '@voltbus/contracts';

type Components = NonNullable<OpenAPIObject['components']>;
type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

const CODES = Object.keys(PROBLEM_CODES);

/** The meaning of each status of a problem in this API. */
const PROBLEMS: Readonly<Record<string, { name: string; description: string }>> = {
  '400': {
    name: 'BadRequest',
    description:
      'The request cannot be read, or has a parameter that there is not: `errors` has each path that is wrong. `invalid-cursor`: begin again',
  },
  '401': { name: 'Unauthorized', description: 'No key, or none that is valid' },
  '403': { name: 'Forbidden', description: 'The key lacks the scope, which `scope` names, or is of another tenant (`foreign-tenant`)' },
  '404': { name: 'NotFound', description: 'There is no such thing in the tenant' },
  '413': { name: 'PayloadTooLarge', description: 'The body is larger than 1 MiB' },
  '415': { name: 'UnsupportedMediaType', description: 'The body is not JSON in UTF-8, without any Content-Encoding' },
  '429': {
    name: 'TooManyRequests',
    description: 'Over a quota: `RateLimit` and `RateLimit-Policy` name it, `Retry-After` gives the time to wait',
  },
  '409': { name: 'Conflict', description: 'It conflicts with what is there' },
  '422': { name: 'Invalid', description: 'The body is not valid: `errors` has each path that is wrong' },
  '503': { name: 'Unavailable', description: 'A part of the system is away: `Retry-After` gives the time to wait' },
};

const problemSchema = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'detail'],
  properties: {
    type: { type: 'string', description: '`/problems/<code>`: a page that explains it', format: 'uri-reference' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', description: `Stable: branch on it. ${CODES.map((code) => `\`${code}\``).join(', ')}` },
    detail: { type: 'string' },
    requestId: { type: 'string', description: 'The `X-Request-Id` that was sent, or one that was made' },
    scope: { type: 'string', description: 'Of `forbidden`: what the key lacks' },
    errors: {
      type: 'array',
      description: 'Of `invalid`, `bad-request` and `invalid-cursor`: every path that is wrong',
      items: {
        type: 'object',
        required: ['path', 'message'],
        properties: {
          in: { type: 'string', enum: ['path', 'query', 'header'], description: 'The part of the request; absent: the body' },
          path: { type: 'string', description: 'JSON pointer into the body, or `/` and the name of a parameter or header' },
          message: { type: 'string' },
          allowed: { type: 'array', items: {}, description: 'The values that are allowed there, where they are a list' },
        },
      },
    },
  },
  additionalProperties: true,
};

/** Parameter of every operation that needs a key. */
export const TENANT_PARAMETER = { $ref: '#/components/parameters/VoltbusTenant' };

/** Parameter of every POST. */
export const IDEMPOTENCY_PARAMETER = { $ref: '#/components/parameters/IdempotencyKey' };

/** The components that operations refer to. */
export function components(): Pick<Components, 'schemas' | 'responses' | 'parameters'> {
  const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
  return {
    schemas: { Problem: problemSchema },
    responses: Object.fromEntries(Object.values(PROBLEMS).map(({ name, description }) => [name, { description, content }])),
    parameters: {
      VoltbusTenant: {
        in: 'header',
        name: 'Voltbus-Tenant',
        required: false,
        description: "Tenant that the administrator's key speaks for; else `default`. Beside a tenant's key it may only name that tenant",
        schema: { type: 'string' },
      },
      IdempotencyKey: {
        in: 'header',
        name: 'Idempotency-Key',
        required: false,
        description:
          'The same key with the same request is carried out once: a repeat is given the same answer, with `Idempotent-Replayed: true`. A key is kept for 24 ' +
          'hours, for each API key; that of a command as long as the command, and the repeat shows it as it is now',
        schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
      },
    },
  };
}

interface DescribedOperation {
  path: string;
  method: string;
  operation: Operation;
  /** It needs no key. */
  open: boolean;
}

/** The problems that an operation can answer, by its path, method and body. Those that it describes itself stay. */
export function problemsOf({ path, method, operation, open }: DescribedOperation): Operation['responses'] {
  const statuses = ['400', '429', '503'];
  if (!open) statuses.push('401', '403');
  if (path.includes('{')) statuses.push('404', '422');
  if (operation.requestBody !== undefined) statuses.push('413', '415', '422');
  if (method !== 'get') statuses.push('409');
  const added = [...new Set(statuses)].filter((status) => operation.responses[status] === undefined).sort();
  return Object.fromEntries(added.map((status) => [status, { $ref: `#/components/responses/${PROBLEMS[status]?.name ?? ''}` }]));
}
