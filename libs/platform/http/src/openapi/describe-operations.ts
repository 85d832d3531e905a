import type { OpenAPIObject } from '@nestjs/swagger';
import { NO_SCHEME, securityOf, defaultAccess } from '../auth/access';
import { components, problemsOf, IDEMPOTENCY_PARAMETER, TENANT_PARAMETER } from './describe-problems';
import { defaultSummary } from './default-summary';

type PathItem = OpenAPIObject['paths'][string];
type Operation = NonNullable<PathItem['get']>;
type Parameter = NonNullable<Operation['parameters']>[number];

const METHODS = ['get', 'post', 'put', 'delete'] as const;

/** Adds to every operation what holds for all of them: the keys that it admits, the tenant header, and its problems. */
export function finishDescription(document: OpenAPIObject): OpenAPIObject {
  for (const [path, item] of Object.entries(document.paths))
    for (const method of METHODS) {
      const operation = item[method];
      if (operation !== undefined) item[method] = finished(operation, method, path);
    }
  document.components = { ...document.components, ...components() };
  return document;
}

function finished(operation: Operation, method: string, path: string): Operation {
  const summary = operation.summary ?? defaultSummary(method, path);
  const security = operation.security ?? securityOf(defaultAccess(method)).map((one) => one as Record<string, string[]>);
  const admitted = security.filter((one) => !(NO_SCHEME in one));
  const parameters = [...pathParameters(path, operation.parameters ?? []), ...(operation.parameters ?? [])];
  return {
    ...operation,
    ...(summary === null ? {} : { summary }),
    security: admitted,
    parameters:
      admitted.length === 0 ? parameters : [...parameters, TENANT_PARAMETER, ...(method === 'post' ? [IDEMPOTENCY_PARAMETER] : [])],
    responses: { ...described(operation.responses), ...problemsOf({ path, method, operation, open: admitted.length === 0 }) },
  };
}

/** The parameters of the path that no handler takes by name. */
function pathParameters(path: string, known: readonly Parameter[]): Parameter[] {
  const names = [...path.matchAll(/\{([^}]+)\}/g)].flatMap(([, name]) => name ?? []);
  const missing = names.filter((name) => !known.some((one) => 'in' in one && one.in === 'path' && one.name === name));
  return missing.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
}

/** Gives each answer a description, which OpenAPI demands. */
function described(responses: Operation['responses']): Operation['responses'] {
  const describe = (status: string, given: string): string => given || (status === '204' ? 'Done, without content' : 'OK');
  return Object.fromEntries(
    Object.entries(responses).map(([status, one]) => {
      if (one === undefined || '$ref' in one) return [status, one];
      return [status, { ...one, description: describe(status, one.description) }];
    }),
  );
}
