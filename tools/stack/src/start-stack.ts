import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endProgram, readJson, runProgram } from '@voltbus/infra';
import type { StackFacts } from './facts';

const MAIN = 'tools/stack/dist/main.js';

export interface RunningStack {
  /** The process that supervises the others. */
  pid: number;
  dataDir: string;
  /** Reads `<data>/stack.json` as it stands now. */
  facts(): StackFacts;
  /** Returns the pid of `gateway-1`, `transaction`, `kafka` ...; null when it is dead. Throws for an unknown name. */
  pidOf(name: string): number | null;
  /** Sends the signal to the pid of that name. */
  signal(name: string, signal: NodeJS.Signals): void;
  /** `npm run stack -- restart NAME`. */
  restart(name: string): Promise<void>;
  stop(): Promise<void>;
}

export interface StackOptions {
  gateways: number;
  env?: Readonly<Record<string, string>>;
  /** Default: a folder of its own, removed when the stack is stopped. */
  dataDir?: string;
}

/** Starts the built cluster shape; resolves when it is ready. */
export async function startStack({ gateways, env = {}, dataDir: given }: StackOptions): Promise<RunningStack> {
  const dataDir = given ?? mkdtempSync(join(tmpdir(), 'voltbus-stack-'));
  const settings = { VOLTBUS_DATA_DIR: dataDir, ...env };
  const program = runProgram(MAIN, ['--gateways', String(gateways)], settings);
  await program.printed('ready');
  const facts = (): StackFacts => readJson<StackFacts>(join(dataDir, 'stack.json'));
  return {
    pid: program.pid,
    dataDir,
    facts,
    pidOf: (name) => pidOf(facts(), name),
    signal: (name, signal) => {
      const pid = pidOf(facts(), name);
      if (pid === null) throw new Error(`${name} is not running`);
      process.kill(pid, signal);
    },
    restart: async (name) => {
      const { code, output } = await runStack(['restart', name], settings);
      if (code !== 0) throw new Error(`restart ${name}: ${output}`);
    },
    stop: async () => {
      await endProgram(program, 'SIGTERM');
      if (given === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Runs `npm run stack -- <args>` to its end; returns its exit code and its output. */
export async function runStack(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ code: number | null; output: string }> {
  const program = runProgram(MAIN, args, env);
  const code = await program.exit;
  return { code, output: program.output() };
}

function pidOf(facts: StackFacts, name: string): number | null {
  const servers: Readonly<Record<string, { pid: number | null }>> = { kafka: facts.kafka, redis: facts.redis, postgres: facts.postgres };
  const pid = (servers[name] ?? [...facts.gateways, ...facts.processes].find((process) => process.name === name))?.pid;
  if (pid === undefined) throw new Error(`${name} is none of this stack's`);
  return pid;
}
