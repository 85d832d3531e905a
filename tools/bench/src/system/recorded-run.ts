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

export function writeRecordedRun(results: readonly Measurement[]): void {
  const machine = `${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / GIB)} GiB`;
  const run: RecordedRun = { date: new Date().toISOString().slice(0, 10), machine, node: process.version, results: results.map(rounded) };
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
