import { renameSync, writeFileSync } from 'node:fs';

/** The addresses of a running process. Each part adds its own when it listens. */
export interface RunFacts {
  set(name: 'ocppUrl' | 'ocppTlsUrl' | 'apiUrl' | 'internalUrl', value: string): void;
}

/** A URL a person can click: a wildcard host is reached as localhost. */
export function urlOf(scheme: 'http' | 'ws' | 'wss', host: string, port: number, path = ''): string {
  const shown = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host;
  return `${scheme}://${shown}:${port}${path}`;
}

export type Facts = Partial<Record<Parameters<RunFacts['set']>[0], string>>;

const LABELS: readonly (readonly [keyof Facts, string])[] = [
  ['ocppUrl', 'stations'],
  ['ocppTlsUrl', 'stations (TLS)'],
  ['apiUrl', 'API'],
  ['internalUrl', 'health and metrics'],
];

/** For the person at the terminal: each URL with what it is for, and where the key is kept that was made. */
export function readyLine(facts: Facts, adminKeyFile: string | undefined): string {
  const parts = LABELS.flatMap(([fact, label]) => (facts[fact] === undefined ? [] : [`${label}: ${facts[fact]}`]));
  const key = adminKeyFile === undefined ? [] : [`administrator's key: ${adminKeyFile}`];
  return `ready  ${[...parts, ...key].join('  ')}\n`;
}

/** Writes the facts of the running process to a file, atomically: a reader finds the whole file or none. */
export function writeRunFile(file: string, facts: Facts): void {
  writeFileSync(`${file}.half`, `${JSON.stringify({ pid: process.pid, ...facts, startedAt: new Date().toISOString() })}\n`);
  renameSync(`${file}.half`, file);
}
