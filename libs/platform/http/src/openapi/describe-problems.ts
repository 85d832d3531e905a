import type { OpenAPIObject } from '@nestjs/swagger';
import { PROBLEMS as PROBLEM_CODES } from '@voltbus/contracts';
import { problemExample } from './describe-examples';
import { headersOf } from './describe-headers';

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
  '403': {
    name: 'Forbidden',
    description:
      'The caller lacks the permission, which `permission` names, is limited to station groups (`limited-to-station-groups`), or is of another tenant (`foreign-tenant`)',
  },
  '404': { name: 'NotFound', description: 'There is no such thing in the tenant' },
  '405': { name: 'MethodNotAllowed', description: 'The path does not take that method; `Allow` names those that it takes' },
  '408': { name: 'RequestTimeout', description: 'The request did not come in time: nothing was done' },
  '413': { name: 'PayloadTooLarge', description: 'The body is larger than 1 MiB; that of an import: than 10 MiB or 50,000 items' },
  '415': {
    name: 'UnsupportedMediaType',
    description: 'The body is not JSON, nor CSV or JSON lines of an import, in UTF-8 without any Content-Encoding',
  },
  '431': { name: 'RequestHeadersTooLarge', description: 'The address and the headers are larger than 16 KiB together' },
  '429': {
    name: 'TooManyRequests',
    description: 'Over a quota: `RateLimit` and `RateLimit-Policy` name it, `Retry-After` gives the time to wait',
  },
  '412': {
    name: 'PreconditionFailed',
    description: 'It is no longer what `If-Match` says, or is there although `If-None-Match: *` says not',
  },
  '409': { name: 'Conflict', description: 'It conflicts with what is there' },
  '422': { name: 'Invalid', description: 'The body is not valid: `errors` has each path that is wrong' },
  '500': { name: 'Internal', description: 'A defect of ours, which was logged; the outcome is unknown' },
  '503': { name: 'Unavailable', description: 'A part of the system is away: `Retry-After` gives the time to wait' },
};

const text = (description: string) => ({ type: 'string', description });

const problemErrorSchema = {
  type: 'object',
  additionalProperties: true,
  description: 'What is wrong at one place of a request',
  required: ['path', 'message'],
  properties: {
    in: { type: 'string', enum: ['path', 'query', 'header'], description: 'The part of the request; absent: the body' },
    path: text('JSON pointer into the body, or `/` and the name of a parameter or header'),
    message: text('What is wrong there, for a person'),
    allowed: { type: 'array', items: {}, description: 'The values that are allowed there, where they are a list' },
  },
};

const problemSchema = {
  type: 'object',
  additionalProperties: true,
  description: 'RFC 9457: an answer that is no success. Some codes have more members',
  required: ['type', 'title', 'status', 'code', 'detail'],
  properties: {
    type: { ...text('`/problems/<code>`: a page that explains it'), format: 'uri-reference' },
    title: text('What it is, for a person; the same for all problems of a code'),
    status: { type: 'integer', format: 'int32', minimum: 400, maximum: 599, description: 'The HTTP status' },
    code: text(`Stable: branch on it. ${CODES.map((code) => `\`${code}\``).join(', ')}`),
    detail: text('What happened this time, for a person'),
    requestId: text('The `X-Request-Id` that was sent, or one that was made'),
    permission: text('Of `forbidden`: what the caller lacks'),
    errors: {
      type: 'array',
      description: 'Of `invalid`, `bad-request` and `invalid-cursor`: every path that is wrong',
      items: { $ref: '#/components/schemas/ProblemError' },
    },
  },
};

/** Parameter of every operation that needs a key. */
export const TENANT_PARAMETER = { $ref: '#/components/parameters/VoltbusTenant' };

/** Parameter of every POST. */
export const IDEMPOTENCY_PARAMETER = { $ref: '#/components/parameters/IdempotencyKey' };

/** The components that operations refer to. */
export function problemComponents(): Pick<Components, 'schemas' | 'responses' | 'parameters'> {
  const content = (status: string) => ({
    'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' }, ...problemExample(status) },
  });
  return {
    schemas: { Problem: problemSchema, ProblemError: problemErrorSchema },
    responses: Object.fromEntries(
      Object.entries(PROBLEMS).map(([status, { name, description }]) => [
        name,
        { description, headers: headersOf(status), content: content(status) },
      ]),
    ),
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
  const statuses = ['400', '405', '408', '415', '429', '431', '500', '503'];
  if (!open) statuses.push('401', '403', '404');
  if (path.includes('{')) statuses.push('404', '422');
  if (operation.requestBody !== undefined) statuses.push('422');
  if (method !== 'get') statuses.push('409', '413');
  if (method !== 'get' && isConditional(operation)) statuses.push('412');
  const added = [...new Set(statuses)].filter((status) => operation.responses[status] === undefined).sort();
  return Object.fromEntries(added.map((status) => [status, { $ref: `#/components/responses/${PROBLEMS[status]?.name ?? ''}` }]));
}

/** It takes a precondition, as operations on resources with entity tags do. */
export function isConditional({ parameters = [] }: Operation): boolean {
  return parameters.some((one) => !('$ref' in one) && /^if-(none-)?match$/i.test(one.name));
}
