import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endProgram, readJson, runCommand, runProgram, type Program } from '@voltbus/infra';

const MAIN = 'apps/standalone/dist/main.js';
/** Free ports, unless the caller names others. */
const PORTS = { VOLTBUS_OCPP_PORT: '0', VOLTBUS_HTTP_PORT: '0', VOLTBUS_INTERNAL_PORT: '0' };

export interface StandaloneOptions {
  env?: Readonly<Record<string, string>>;
  dataDir?: string;
  args?: readonly string[];
}

export interface RunningStandalone {
  apiUrl: string;
  ocppUrl: string;
  /** Where it has a TLS port. */
  ocppTlsUrl?: string;
  internalUrl: string;
  adminKey: string;
  pid: number;
  dataDir: string;
  output(): string;
  /** Stops it in order; returns the exit code. Removes the data folder if it was made for this. */
  stop(): Promise<number | null>;
  /** Kills it with -9 and starts a new one on the same data. */
  killAndRestart(): Promise<RunningStandalone>;
}

/** Starts the built standalone system, on a data folder of its own; resolves when it is ready. */
export async function startStandalone({ env = {}, dataDir, args = [] }: StandaloneOptions = {}): Promise<RunningStandalone> {
  const folder = dataDir ?? mkdtempSync(join(tmpdir(), 'voltbus-standalone-'));
  const program = runProgram(MAIN, args, { ...PORTS, VOLTBUS_DATA_DIR: folder, ...env });
  await program.printed('ready');
  return {
    ...facts(folder, program),
    output: program.output,
    stop: () => stop(program, folder, dataDir === undefined),
    killAndRestart: () => restart(program, { env, dataDir: folder, args }),
  };
}

/** Runs a start that is meant to fail; returns its exit code and its output. */
export async function runStandalone(
  env: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): Promise<{ code: number | null; output: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'voltbus-standalone-'));
  const program = runProgram(MAIN, args, { ...PORTS, VOLTBUS_DATA_DIR: join(folder, 'data'), ...env });
  const timer = setTimeout(() => program.child.kill('SIGKILL'), 150_000);
  const code = await program.exit;
  clearTimeout(timer);
  rmSync(folder, { recursive: true, force: true });
  return { code, output: program.output() };
}

/** Runs `npm start -- <args>` in a process group of its own, as a terminal or a supervisor does. */
export function npmStart(dataDir: string, args: readonly string[] = []): Program {
  return runCommand('npm', ['start', '--', ...args], { ...PORTS, VOLTBUS_DATA_DIR: dataDir }, { detached: true });
}

function facts(dataDir: string, { pid }: Program) {
  const facts = readJson<Pick<RunningStandalone, 'apiUrl' | 'ocppUrl' | 'ocppTlsUrl' | 'internalUrl'>>(join(dataDir, 'run.json'));
  return { ...facts, pid, dataDir, adminKey: readFileSync(join(dataDir, 'admin-key'), 'utf8').trim() };
}

async function stop(program: Program, folder: string, remove: boolean): Promise<number | null> {
  const code = await endProgram(program, 'SIGTERM');
  if (remove) rmSync(folder, { recursive: true, force: true });
  return code;
}

async function restart(program: Program, options: StandaloneOptions): Promise<RunningStandalone> {
  await endProgram(program, 'SIGKILL');
  return startStandalone(options);
}
