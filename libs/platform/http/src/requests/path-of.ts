/** The path of a request's URL: without the query, which may hold what is not to be logged or stored. */
export function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? '';
}
