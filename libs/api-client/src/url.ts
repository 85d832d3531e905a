export type QueryValue = string | number | boolean | readonly (string | number | boolean)[] | null | undefined;

/** The URL of an operation, with its `{values}` and its query percent-encoded. Throws a TypeError on a value that no URL can carry. */
export function urlOf(
  baseUrl: string,
  path: string,
  values: Readonly<Record<string, unknown>> = {},
  query: Readonly<Record<string, QueryValue>> = {},
): string {
  const filled = path.replace(/\{([^}]+)\}/g, (_part, name: string) => segmentOf(name, values[name]));
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === null ? [] : [`${encodeURIComponent(name)}=${listOf(value).map(encoded).join(',')}`],
  );
  return `${baseUrl.replace(/\/+$/, '')}${filled}${given.length === 0 ? '' : `?${given.join('&')}`}`;
}

/** Every URL parser takes `.` and `..` for steps in the path, also percent-encoded, and an empty value makes another path. */
function segmentOf(name: string, value: unknown): string {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  if (['', '.', '..'].includes(text)) throw new TypeError(`the path value \`${name}\` cannot be sent in a URL: ${JSON.stringify(value)}`);
  return encodeURIComponent(text);
}

function listOf(value: NonNullable<QueryValue>): readonly (string | number | boolean)[] {
  return typeof value === 'object' ? value : [value];
}

function encoded(value: string | number | boolean): string {
  return encodeURIComponent(String(value));
}
