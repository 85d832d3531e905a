/**
 * The name of an operation, which clients have as a method: `listStations`, `getStation`, `putStation`, `releaseCdr`, `listTransactionMeterValues`. Made
 * from its method and path; an operation that needs another has it in its `@ApiOperation`.
 */
export function operationIdOf(method: string, path: string): string {
  const steps = path.split('/').slice(2);
  const names = steps.filter((step) => !isParameter(step));
  const last = names.at(-1) ?? '';
  if (method !== 'post') {
    const many = method === 'get' && !isParameter(steps.at(-1) ?? '') && isPlural(last);
    return `${many ? 'list' : method}${names.map((name) => pascal(many && name === last ? name : singular(name))).join('')}`;
  }
  const things = names.map((name) => pascal(singular(name)));
  if (isPlural(last)) return `create${things.join('')}`;
  return `${camel(last)}${things.slice(0, -1).join('')}`;
}

/** The group of an operation: the resource at the beginning of its path, such as `ApiKeys`. */
export function tagOf(path: string): string {
  return pascal(path.split('/')[2] ?? '');
}

function isParameter(step: string): boolean {
  return step.startsWith('{');
}

function isPlural(name: string): boolean {
  return name.endsWith('s');
}

function singular(name: string): string {
  return name.replace(/ies$/, 'y').replace(/s$/, '');
}

function pascal(name: string): string {
  return name
    .split('-')
    .map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
    .join('');
}

function camel(name: string): string {
  const words = pascal(name);
  return `${words.charAt(0).toLowerCase()}${words.slice(1)}`;
}
