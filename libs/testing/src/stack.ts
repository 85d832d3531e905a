import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endProgram, readJson, runProgram } from './programs';

const MAIN = 'tools/stack/dist/main.js';

/** `<data>/stack.json`, as the outside world relies on it. */
export interface StackFacts {
  apiUrl: string;
  adminKey: string;
  gateways: { name: string; pid: number | null; ocppUrl: string; internalUrl: string }[];
  processes: { name: string; pid: number | null; internalUrl: string }[];
  kafka: { brokers: string[]; pid: number | null };
  redis: { url: string; pid: number | null };
  postgres: { url: string; pid: number | null };
}

export interface Stack {
  /** Of the program that keeps the others. */
  pid: number;
  dataDir: string;
  /** As they stand now. */
  facts(): StackFacts;
  /** Of `gateway-1`, `transaction`, `kafka` ...; null: it is dead. Throws where there is none of that name. */
  pidOf(name: string): number | null;
  /** To its pid, as anybody may. */
  signal(name: string, signal: NodeJS.Signals): void;
  /** `npm run stack -- restart NAME`. */
  restart(name: string): Promise<void>;
  stop(): Promise<void>;
}

export interface StackOptions {
  gateways: number;
  env?: Readonly<Record<string, string>>;
  /** Default: one of its own, removed when the stack is stopped. */
  dataDir?: string;
}

/** The built cluster shape; resolves when it is ready. */
export async function startStack({ gateways, env = {}, dataDir: given }: StackOptions): Promise<Stack> {
  const dataDir = given ?? mkdtempSync(join(tmpdir(), 'voltbus-stack-'));
  const settings = { VOLTBUS_DATA_DIR: dataDir, ...env };
  const program = runProgram(MAIN, ['--gateways', String(gateways)], settings);
  await program.said('ready');
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

/** `npm run stack -- <words>`, to its end: how it ended and what it said. */
export async function runStack(
  words: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ code: number | null; output: string }> {
  const program = runProgram(MAIN, words, env);
  const code = await program.exit;
  return { code, output: program.output() };
}

function pidOf(facts: StackFacts, name: string): number | null {
  const servers: Readonly<Record<string, { pid: number | null }>> = { kafka: facts.kafka, redis: facts.redis, postgres: facts.postgres };
  const pid = (servers[name] ?? [...facts.gateways, ...facts.processes].find((process) => process.name === name))?.pid;
  if (pid === undefined) throw new Error(`${name} is none of this stack's`);
  return pid;
}
