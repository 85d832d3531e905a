/** What the shim of curl writes for each request, beside what the page's command prints. */
export const REQUEST_LINE = 'REQUEST %{http_code} %{method} %{url}';

const REQUEST = /^REQUEST (\d{3}) (\S+) (\S+)$/gm;
const FAILED = /^FAILED .*$/gm;
const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

export interface Verdict {
  requests: number;
  faults: string[];
}

/**
 * What of a page did not go as it says: requests that were refused or not answered, unless the page shows that (`refused`: status, method and
 * path, with `{id}` in the place of an id), expected refusals that did not come, and commands that failed.
 */
export function verdictOf(stderr: string, refused: readonly string[]): Verdict {
  const requests = [...stderr.matchAll(REQUEST)].map(([, status = '', method = '', url = '']) => ({
    status,
    text: `${status} ${method} ${pathOf(url)}`,
  }));
  const missing = [...refused];
  const faults: string[] = [];
  for (const { status, text } of requests) {
    if (/^[123]/.test(status)) continue;
    const expected = missing.indexOf(text);
    if (expected < 0) faults.push(text);
    else missing.splice(expected, 1);
  }
  return {
    requests: requests.length,
    faults: [...faults, ...missing.map((text) => `did not come: ${text}`), ...(stderr.match(FAILED) ?? [])],
  };
}

function pathOf(url: string): string {
  return (URL.canParse(url) ? new URL(url).pathname : url).replace(ID, '{id}');
}
