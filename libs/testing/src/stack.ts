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
  /** As they stand now. */
  facts(): StackFacts;
  /** To `gateway-1`, `transaction`, `kafka` ... by its pid, as anybody may. */
  signal(name: string, signal: NodeJS.Signals): void;
  /** `npm run stack -- restart NAME`. */
  restart(name: string): Promise<void>;
  stop(): Promise<void>;
}

/** The built cluster shape on a data folder of its own; resolves when it is ready. */
export async function startStack({ gateways, env = {} }: { gateways: number; env?: Readonly<Record<string, string>> }): Promise<Stack> {
  const dataDir = mkdtempSync(join(tmpdir(), 'voltbus-stack-'));
  const settings = { VOLTBUS_DATA_DIR: dataDir, ...env };
  const program = runProgram(MAIN, ['--gateways', String(gateways)], settings);
  await program.said('ready');
  const facts = (): StackFacts => readJson<StackFacts>(join(dataDir, 'stack.json'));
  return {
    pid: program.pid,
    facts,
    signal: (name, signal) => void process.kill(pidOf(facts(), name), signal),
    restart: async (name) => {
      const order = runProgram(MAIN, ['restart', name], settings);
      if ((await order.exit) !== 0) throw new Error(`restart ${name}: ${order.output()}`);
    },
    stop: async () => {
      await endProgram(program, 'SIGTERM', 60);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function pidOf(facts: StackFacts, name: string): number {
  const servers: Readonly<Record<string, { pid: number | null }>> = { kafka: facts.kafka, redis: facts.redis, postgres: facts.postgres };
  const pid = (servers[name] ?? [...facts.gateways, ...facts.processes].find((process) => process.name === name))?.pid;
  if (pid === undefined || pid === null) throw new Error(`${name} is not running`);
  return pid;
}
