import type { OpenAPIObject } from '@nestjs/swagger';
import { CSMS_ERROR_STATUS } from '@voltbus/contracts';

type Components = NonNullable<OpenAPIObject['components']>;
type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

const CODES = [...Object.keys(CSMS_ERROR_STATUS), 'internal'];

/** What each status of a problem means here. */
const PROBLEMS: Readonly<Record<string, { name: string; description: string }>> = {
  '400': { name: 'BadRequest', description: 'The request cannot be read' },
  '401': { name: 'Unauthorized', description: 'No key, or none that is valid' },
  '403': { name: 'Forbidden', description: 'The key lacks the scope, which `scope` names, or is of another tenant (`foreign-tenant`)' },
  '404': { name: 'NotFound', description: 'There is no such thing in the tenant' },
  '409': { name: 'Conflict', description: 'It conflicts with what is there' },
  '422': { name: 'Invalid', description: 'The body is not valid: `errors` has each path that is wrong' },
  '503': { name: 'Unavailable', description: 'A part of the system is away: `Retry-After` says when to come back' },
};

const problemSchema = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'detail'],
  properties: {
    type: { type: 'string', description: '`urn:voltbus:problem:<code>`' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', description: `Stable: branch on it. ${CODES.map((code) => `\`${code}\``).join(', ')}` },
    detail: { type: 'string' },
    scope: { type: 'string', description: 'Of `forbidden`: what the key lacks' },
    errors: {
      type: 'array',
      description: 'Of `invalid` and `bad-request`: every path that is wrong',
      items: {
        type: 'object',
        required: ['path', 'message'],
        properties: { path: { type: 'string' }, message: { type: 'string' } },
      },
    },
  },
  additionalProperties: true,
};

/** On every operation that wants a key. */
export const TENANT_PARAMETER = { $ref: '#/components/parameters/VoltbusTenant' };

/** What operations refer to. */
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
    },
  };
}

interface DescribedOperation {
  path: string;
  method: string;
  operation: Operation;
  /** Nobody is asked for a key. */
  open: boolean;
}

/** The problems an operation can answer, by what it takes; those that it says itself stay. */
export function problemsOf({ path, method, operation, open }: DescribedOperation): Operation['responses'] {
  const takesQuery = operation.parameters?.some((one) => 'in' in one && one.in !== 'path') === true;
  const statuses = ['503'];
  if (!open) statuses.push('401', '403');
  if (!open || takesQuery) statuses.push('400');
  if (path.includes('{')) statuses.push('404');
  if (operation.requestBody !== undefined) statuses.push('422');
  if (method !== 'get') statuses.push('409');
  const added = statuses.filter((status) => operation.responses[status] === undefined).sort();
  return Object.fromEntries(added.map((status) => [status, { $ref: `#/components/responses/${PROBLEMS[status]?.name ?? ''}` }]));
}
