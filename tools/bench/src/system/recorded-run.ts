import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '@voltbus/infra';
import type { Measurement } from './measurement';

/** The run that docs/reference/performance.md shows. */
export interface RecordedRun {
  date: string;
  /** The machine, without its name. */
  machine: string;
  node: string;
  results: readonly Measurement[];
}

const FILE = join(ROOT, 'tools/bench/results/system.json');
const GIB = 1_024 ** 3;

/** Workloads that were measured now take the place of what was recorded of them; the others stay. */
export function merged(recorded: readonly Measurement[], measured: readonly Measurement[]): Measurement[] {
  const now = new Map(measured.map((one) => [one.workload, one]));
  const known = new Set(recorded.map(({ workload }) => workload));
  return [...recorded.map((one) => now.get(one.workload) ?? one), ...measured.filter(({ workload }) => !known.has(workload))];
}

/** Today, and this machine without its name. */
export function here(): Pick<RecordedRun, 'date' | 'machine' | 'node'> {
  const machine = `${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / GIB)} GiB`;
  return { date: new Date().toISOString().slice(0, 10), machine, node: process.version };
}

export function writeRecordedRun(measured: readonly Measurement[]): void {
  const results = merged(
    readRecordedRun().results,
    measured.map((one) => rounded(one)),
  );
  const run: RecordedRun = { ...here(), results };
  writeFileSync(FILE, `${JSON.stringify(run, null, 1)}\n`);
}

export function readRecordedRun(): RecordedRun {
  return JSON.parse(readFileSync(FILE, 'utf8')) as RecordedRun; // written above
}

/** Digits that no reader needs. */
export function rounded<T extends object>(measured: T): T {
  return JSON.parse(
    JSON.stringify(measured, (_, value: unknown) => (typeof value === 'number' ? Math.round(value * 100) / 100 : value)),
  ) as T; // the same with other numbers
}
