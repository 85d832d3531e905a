/** Terms that are spelt differently in a path and in a sentence. */
const SPELLING: Readonly<Record<string, string>> = { cdrs: 'CDRs', 'api-keys': 'API keys' };

/**
 * The summary of an operation that its path and method describe: a list, a read, a PUT, a PATCH or a removal. Null where it must
 * have its own.
 */
export function defaultSummary(method: string, path: string): string | null {
  const [, , things = '', ...rest] = path.split('/');
  const named = rest.filter((step) => step.startsWith('{'));
  const inner = rest.find((step) => !step.startsWith('{'));
  if (inner !== undefined) return method === 'get' && rest.at(-1) === inner ? `List the ${plural(inner)} of ${one(things)}` : null;
  if (method === 'get') return named.length === 0 ? `List ${plural(things)}` : `Show ${one(things)}`;
  if (named.length === 0) return null;
  if (method === 'put') return `Create or replace ${one(things)}`;
  if (method === 'patch') return `Change members of ${one(things)}`;
  return method === 'delete' ? `Remove ${one(things)}` : null;
}

function plural(things: string): string {
  return SPELLING[things] ?? things.replaceAll('-', ' ');
}

/** The name of one resource as a path names many, such as `API key`. */
export function singular(things: string): string {
  return plural(things).replace(/s$/, '');
}

function one(things: string): string {
  const name = singular(things);
  return `${/^[aeio]/i.test(name) ? 'an' : 'a'} ${name}`;
}
