import type { OpenAPIObject } from '@nestjs/swagger';
import { NO_SCHEME, securityOf, unsaidAccess } from './access';

type PathItem = OpenAPIObject['paths'][string];
type Operation = NonNullable<PathItem['get']>;

const METHODS = ['get', 'post', 'put', 'delete'] as const;

/** Says of every operation what holds for all of them: who may use it, for which tenant, and how it tells of a failure. */
export function finishDescription(document: OpenAPIObject): OpenAPIObject {
  for (const [path, item] of Object.entries(document.paths))
    for (const method of METHODS) {
      const operation = item[method];
      if (operation !== undefined) item[method] = finished(operation, method, path);
    }
  return document;
}

function finished(operation: Operation, method: string, _path: string): Operation {
  const security = operation.security ?? securityOf(unsaidAccess(method)).map((one) => one as Record<string, string[]>);
  return { ...operation, security: security.filter((one) => !(NO_SCHEME in one)) };
}
