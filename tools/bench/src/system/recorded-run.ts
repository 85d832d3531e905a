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

export function writeRecordedRun(measured: readonly Measurement[]): void {
  const machine = `${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / GIB)} GiB`;
  const results = merged(readRecordedRun().results, measured.map(rounded));
  const run: RecordedRun = { date: new Date().toISOString().slice(0, 10), machine, node: process.version, results };
  writeFileSync(FILE, `${JSON.stringify(run, null, 1)}\n`);
}

export function readRecordedRun(): RecordedRun {
  return JSON.parse(readFileSync(FILE, 'utf8')) as RecordedRun; // written above
}

/** Digits that no reader needs. */
function rounded(measurement: Measurement): Measurement {
  return JSON.parse(
    JSON.stringify(measurement, (_, value: unknown) => (typeof value === 'number' ? Math.round(value * 100) / 100 : value)),
  ) as Measurement;
}
