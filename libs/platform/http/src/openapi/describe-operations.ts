import type { OpenAPIObject } from '@nestjs/swagger';
import { NO_SCHEME, TENANT_KEY_SCHEME, securityOf, defaultAccess } from '../auth/access';
import { defaultSummary } from './default-summary';
import { withExamples } from './describe-examples';
import { headerComponents, withHeaders } from './describe-headers';
import { describeParameters } from './describe-parameters';
import { IDEMPOTENCY_PARAMETER, isConditional, problemComponents, problemsOf, TENANT_PARAMETER } from './describe-problems';
import { TAGS } from './glossary';
import { nameSchemas } from './named-schemas';
import { operationIdOf, tagOf } from './operation-names';

type PathItem = OpenAPIObject['paths'][string];
type Operation = NonNullable<PathItem['get']>;
type Security = NonNullable<Operation['security']>;

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** Adds to every operation what holds for all of them: its name, the keys that it admits, the tenant header, its problems and the headers of its answers. */
export function finishDescription(document: OpenAPIObject): OpenAPIObject {
  for (const [path, item] of Object.entries(document.paths))
    for (const method of METHODS) {
      const operation = item[method];
      if (operation !== undefined) item[method] = finished(operation, method, path);
    }
  const named = nameSchemas({ ...document, tags: tagsOf(document) });
  const { schemas, responses, parameters } = problemComponents();
  const paths = JSON.stringify(named.paths);
  const used = Object.entries(responses ?? {}).filter(([name]) => paths.includes(`"#/components/responses/${name}"`));
  return {
    ...named,
    components: {
      ...named.components,
      schemas: { ...named.components?.schemas, ...schemas },
      responses: Object.fromEntries(used),
      parameters: { ...parameters },
      headers: headerComponents(),
    },
  };
}

function finished(operation: Operation, method: string, path: string): Operation {
  const summary = operation.summary || defaultSummary(method, path); // Nest writes an empty one
  const security = operation.security ?? securityOf(defaultAccess(method)).map((one) => one as Record<string, string[]>);
  const admitted = security.filter((one) => !(NO_SCHEME in one));
  const open = admitted.length === 0;
  const parameters = describeParameters(path, operation.parameters ?? []);
  const answers = withHeaders(method, described(operation.responses), isConditional(operation));
  const operationId = operation.operationId || operationIdOf(method, path);
  const whole: Operation = {
    ...operation,
    operationId,
    tags: operation.tags ?? [tagOf(path)],
    ...(summary === null ? {} : { summary }),
    description: [operation.description, accessSentence(admitted)].filter(Boolean).join('\n\n'),
    security: admitted,
    parameters: open ? parameters : [...parameters, TENANT_PARAMETER, ...(method === 'post' ? [IDEMPOTENCY_PARAMETER] : [])],
    responses: { ...answers, ...problemsOf({ path, method, operation, open }) },
  };
  return withExamples(whole, operationId);
}

/** Scopes stand among the roles of `security`, which few readers show. */
function accessSentence(admitted: Security): string {
  const scope = admitted.find((one) => TENANT_KEY_SCHEME in one)?.[TENANT_KEY_SCHEME]?.[0];
  if (scope !== undefined) return `Needs a key with the scope \`${scope}\`.`;
  return admitted.length === 0 ? 'Needs no key.' : "Needs the administrator's key.";
}

/** The groups that there are, those that are known first and in their order. */
function tagsOf({ paths }: OpenAPIObject): OpenAPIObject['tags'] {
  const used = new Set(Object.values(paths).flatMap((item) => METHODS.flatMap((method) => item[method]?.tags ?? [])));
  const names = [...Object.keys(TAGS).filter((name) => used.has(name)), ...[...used].filter((name) => !(name in TAGS)).sort()];
  return names.map((name) => ({ name, description: TAGS[name] ?? '' })); // the linter asks for a description
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
