import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { guard } from './guard';

export const ROOT = resolve(__dirname, '../../..');

/** A whole stack on a busy machine, with its Kafka and its migrations. */
const READY_SECONDS = 300;
const OUTPUT_TAIL = 6_000;

/** A program that runs as a child process. */
export interface Program {
  readonly child: ChildProcess;
  readonly pid: number;
  /** All it has written to standard output and standard error. */
  output(): string;
  /** Its exit code; null if a signal ended it. */
  readonly exit: Promise<number | null>;
  /** Resolves with the first line of its standard output that begins so; rejects, with its output, when it ends before or takes too long. */
  printed(beginning: string): Promise<string>;
}

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts a built program with no `VOLTBUS_` setting but the ones given. */
export function runProgram(file: string, args: readonly string[], settings: Readonly<Record<string, string>>): Program {
  return runCommand(process.execPath, ['--enable-source-maps', join(ROOT, file), ...args], settings);
}

/** Starts a command at the root of the workspace; `detached`: in a process group of its own, as a terminal does. */
export function runCommand(
  command: string,
  args: readonly string[],
  settings: Readonly<Record<string, string>>,
  { detached = false } = {},
): Program {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('VOLTBUS_'));
  const child = spawn(command, args, {
    cwd: ROOT,
    detached,
    env: { ...Object.fromEntries(inherited), ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  if (child.pid !== undefined) guard(child.pid, once(child, 'exit'));
  let stdout = '';
  let all = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (all += chunk.toString()));
  const exit = once(child, 'close').then(([code]) => {
    running.delete(child);
    return code as number | null; // what `close` carries
  });
  return {
    child,
    pid: child.pid ?? 0,
    output: () => all,
    exit,
    printed: (beginning) =>
      new Promise((resolve, reject) => {
        const fail = (why: string): void => reject(new Error(`${[command, ...args].join(' ')} ${why}:\n${all.slice(-OUTPUT_TAIL)}`));
        const timer = setTimeout(() => fail(`did not print '${beginning}' within ${READY_SECONDS} s`), READY_SECONDS * 1_000);
        const look = (): void => {
          const line = stdout.split('\n').find((one, index, lines) => index < lines.length - 1 && one.startsWith(beginning));
          if (line === undefined) return;
          clearTimeout(timer);
          resolve(line);
        };
        child.stdout.on('data', look);
        look();
        void exit.then((code) => {
          clearTimeout(timer);
          fail(`ended with ${code} before it printed '${beginning}'`);
        });
      }),
  };
}

/** Ends it with the signal, by force when it takes too long. */
export async function endProgram({ child, exit }: Program, signal: NodeJS.Signals, seconds = 90): Promise<number | null> {
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), seconds * 1_000);
  try {
    return await exit;
  } finally {
    clearTimeout(timer);
  }
}

export function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T; // written by our own programs; each caller names the shape
}
