import { closeSync, fstatSync, openSync, readSync, readdirSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { REDACTED, redactText } from '@voltbus/ocpp';
import type { ShownSettings } from '@voltbus/runtime';
import type { Examination } from './examine';

/** Of each log file, so much of its end. */
const LOG_TAIL_BYTES = 200_000;
/** So many log files, the first by their names. */
const MAX_LOG_FILES = 50;
/** An API key of ours: `vbk_...`. */
const KEY_IN_TEXT = /\bvbk_[A-Za-z0-9_-]+/g;

/** Writes one JSON file that can be read before it is sent: settings, versions, findings, metrics, ends of logs; no secrets. Its user alone may read it. */
export function writeBundle(file: string, { settings, examination, logs }: BundleParts): void {
  const bundle = {
    format: 'voltbus-support-bundle/1',
    writtenAt: new Date().toISOString(),
    versions: {
      node: process.versions.node,
      platform: platform(),
      release: release(),
      arch: arch(),
      cpus: cpus().length,
      memory: totalmem(),
    },
    settings: settings.shown,
    findings: examination.findings,
    metrics: Object.fromEntries(examination.processes.map(({ url, metrics }) => [url, metrics])),
    logs: Object.fromEntries(logs.flatMap(logTails)),
  };
  const hide = hiding(settings.secrets);
  const text = JSON.stringify(bundle, (_, value: unknown) => (typeof value === 'string' ? hide(value) : value), 2);
  writeFileSync(file, `${text}\n`, { mode: 0o600 });
}

interface BundleParts {
  settings: ShownSettings;
  examination: Examination;
  /** Folders, of which the files `*.log` are taken. */
  logs: readonly string[];
}

/** Takes out of a text, line by line, the secrets that are known and what looks like one. */
export function hiding(secrets: readonly string[]): (text: string) => string {
  return (text) =>
    text
      .split('\n')
      .map((line) => {
        const rest = secrets.reduce((shorter, secret) => shorter.replaceAll(secret, REDACTED), line);
        return redactText(rest).replace(KEY_IN_TEXT, REDACTED);
      })
      .join('\n');
}

function logTails(folder: string): [string, string][] {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.log'))
    .sort()
    .slice(0, MAX_LOG_FILES);
  return files.map((name) => [join(folder, name), tailOf(join(folder, name))]);
}

/** The end of a file, without a line that it cuts. */
function tailOf(file: string): string {
  const opened = openSync(file, 'r');
  try {
    const { size } = fstatSync(opened);
    const bytes = Buffer.alloc(Math.min(size, LOG_TAIL_BYTES));
    readSync(opened, bytes, 0, bytes.length, size - bytes.length);
    const text = bytes.toString();
    return size > bytes.length ? text.slice(text.indexOf('\n') + 1) : text;
  } finally {
    closeSync(opened);
  }
}
