/** What a running process is reached under; parts say it when they have opened their door. */
export interface RunFacts {
  set(name: 'ocppUrl' | 'apiUrl' | 'internalUrl', value: string): void;
}

/** A URL a person can click: a wildcard host is reached as localhost. */
export function urlOf(scheme: 'http' | 'ws', host: string, port: number, path = ''): string {
  const shown = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host;
  return `${scheme}://${shown}:${port}${path}`;
}
