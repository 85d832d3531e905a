import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { StackFacts } from '@voltbus/stack';

/** A process needs so long to write a profile of a minute on a busy machine. */
const WRITE_MS = 30_000;
const LOOK_MS = 50;

/**
 * Profiles of the processes of Node, a folder for each measurement, with warm-ups, in their order: `<process>.cpuprofile`, which Chrome opens, and `counts.txt`,
 * how often each asked Postgres and Kafka for what. They make the processes slower: counts can be compared, processor times cannot.
 */
export class Profiles {
  private readonly directory: string;
  private measurements = 0;

  constructor(directory: string) {
    this.directory = resolve(directory);
    mkdirSync(this.directory, { recursive: true });
  }

  /** For the processes of the stack. */
  get environment(): Readonly<Record<string, string>> {
    return { NODE_OPTIONS: `--require ${join(__dirname, 'profiled-process.cjs')}`, BENCH_PROFILES: this.directory };
  }

  /** Resolves when all processes are watched: to begin takes a process about a second. */
  async begin(facts: StackFacts): Promise<void> {
    for (const { name, pid } of processesOf(facts)) {
      for (const kind of KINDS) rmSync(join(this.directory, `${name}.${kind}`), { force: true });
      process.kill(pid, 'SIGUSR2');
    }
    await this.written(facts, 'begun');
  }

  /** Resolves when all processes have written what they did. */
  async end(facts: StackFacts, units: number): Promise<void> {
    for (const { pid } of processesOf(facts)) process.kill(pid, 'SIGUSR2');
    await this.written(facts, 'json'); // it is written last
    this.measurements += 1;
    const folder = join(this.directory, String(this.measurements).padStart(2, '0'));
    mkdirSync(folder, { recursive: true });
    const counted = processesOf(facts).map(({ name }) => {
      for (const kind of KINDS) renameSync(join(this.directory, `${name}.${kind}`), join(folder, `${name}.${kind}`));
      return [name, JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Counts] as const;
    });
    writeFileSync(join(folder, 'counts.txt'), countsTable(counted, units));
  }

  private async written(facts: StackFacts, kind: (typeof KINDS)[number]): Promise<void> {
    const missing = () => processesOf(facts).filter(({ name }) => !existsSync(join(this.directory, `${name}.${kind}`)));
    for (const until = performance.now() + WRITE_MS; missing().length > 0; await pause(LOOK_MS))
      if (performance.now() > until) throw new Error(`no profile of ${missing().map(({ name }) => name)[0] ?? ''}`);
  }
}

/** The files of a process. */
const KINDS = ['begun', 'cpuprofile', 'json'] as const;

/** How often a process asked for what. */
type Counts = Readonly<Record<string, number>>;

/** The counts of each process for a unit, the most frequent first. */
export function countsTable(counted: readonly (readonly [process: string, Counts])[], units: number): string {
  const perUnit = (count: number): string => (count / units).toFixed(3).padStart(9);
  const lines = counted.flatMap(([name, counts]) => {
    const [sql, kafka] = ['sql ', 'kafka '].map((kind) =>
      Object.entries(counts).reduce((sum, [what, count]) => (what.startsWith(kind) ? sum + count : sum), 0),
    );
    const each = Object.entries(counts).map(([what, count]) => `${perUnit(count)}  ${what}`);
    return [`${name}: ${perUnit(sql ?? 0).trim()} statements, ${perUnit(kafka ?? 0).trim()} requests to Kafka`, ...each, ''];
  });
  return [`${units} units; for each of them`, '', ...lines].join('\n');
}

function processesOf({ gateways, processes }: StackFacts): { name: string; pid: number }[] {
  return [...gateways, ...processes].flatMap(({ name, pid }) => (pid === null ? [] : [{ name, pid }]));
}
