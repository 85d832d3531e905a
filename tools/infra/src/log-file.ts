import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';

const LOG_TAIL = 3_000;

/** Opens a log for a child to write to while `use` starts it. */
export function withLog<T>(file: string, use: (log: number) => T): T {
  const log = openSync(file, 'a');
  try {
    return use(log);
  } finally {
    closeSync(log);
  }
}

export function tailOf(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8').slice(-LOG_TAIL) : '';
}
