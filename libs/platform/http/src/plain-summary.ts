/** Words that a path does not write as people do. */
const WRITTEN: Readonly<Record<string, string>> = { cdrs: 'CDRs', 'api-keys': 'API keys' };

/** What an operation does, where its path and method say it all: lists, looks, puts and removals. Null: it has to say so itself. */
export function plainSummary(method: string, path: string): string | null {
  const [, , things = '', ...rest] = path.split('/');
  const named = rest.filter((step) => step.startsWith('{'));
  const inner = rest.find((step) => !step.startsWith('{'));
  if (inner !== undefined) return method === 'get' && rest.at(-1) === inner ? `List the ${plural(inner)} of ${one(things)}` : null;
  if (method === 'get') return named.length === 0 ? `List ${plural(things)}` : `Show ${one(things)}`;
  if (named.length === 0) return null;
  if (method === 'put') return `Make or change ${one(things)}`;
  return method === 'delete' ? `Remove ${one(things)}` : null;
}

function plural(things: string): string {
  return WRITTEN[things] ?? things.replaceAll('-', ' ');
}

function one(things: string): string {
  const name = plural(things).replace(/s$/, '');
  return `${/^[aeio]/i.test(name) ? 'an' : 'a'} ${name}`;
}
