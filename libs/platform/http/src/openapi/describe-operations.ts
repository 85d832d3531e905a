import type { OpenAPIObject } from '@nestjs/swagger';
import { NO_SCHEME, PERMISSION_EXTENSION, REACH_EXTENSION } from '../auth/access';
import { PERMISSIONS, rolesWith, type Permission } from '../auth/permissions';
import type { Reach } from '../auth/reach';
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
  const admitted = (operation.security ?? []).filter((one) => !(NO_SCHEME in one));
  const open = admitted.length === 0;
  const parameters = describeParameters(path, operation.parameters ?? []);
  const answers = withHeaders(method, described(operation.responses), isConditional(operation));
  const operationId = operation.operationId || operationIdOf(method, path);
  const whole: Operation = {
    ...operation,
    operationId,
    tags: operation.tags ?? [tagOf(path)],
    ...(summary === null ? {} : { summary }),
    description: [operation.description, accessSentence(operation)].filter(Boolean).join('\n\n'),
    security: admitted,
    parameters: open ? parameters : [...parameters, TENANT_PARAMETER, ...(method === 'post' ? [IDEMPOTENCY_PARAMETER] : [])],
    responses: { ...answers, ...problemsOf({ path, method, operation, open }) },
  };
  return withExamples(whole, operationId);
}

/** What an operation is to a caller that is limited to station groups. */
const REACHES: Readonly<Record<Reach['kind'], string>> = {
  station: 'A caller that is limited to station groups reaches the stations of those groups only.',
  list: 'A caller that is limited to station groups sees what is of the stations of those groups.',
  item: 'A caller that is limited to station groups reaches what is of the stations of those groups only.',
  stream: 'A caller that is limited to station groups is sent what is of the stations of those groups.',
  refused: 'Callers that are limited to station groups are refused.',
};

/** Permissions stand among the roles of `security`, which few readers show. */
function accessSentence(operation: Operation): string {
  const declared = operation as { [PERMISSION_EXTENSION]?: Permission; [REACH_EXTENSION]?: Reach['kind'] }; // as `Needs` described it
  const [permission, reach] = [declared[PERMISSION_EXTENSION], declared[REACH_EXTENSION]];
  if (permission === undefined || reach === undefined) return 'Needs no key.';
  if (PERMISSIONS[permission].scope === null) return `Needs the permission \`${permission}\`, which only the administrator has.`;
  return `Needs the permission \`${permission}\`: ${rolesWith(permission).join(', ')}. ${REACHES[reach]}`;
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
