import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '@voltbus/infra';
import { here, rounded, type RecordedRun } from '../system/recorded-run';
import type { FleetResult } from './measure-fleet';

/** The run of the fleet that docs/reference/performance.md shows. */
export type RecordedFleet = Pick<RecordedRun, 'date' | 'machine' | 'node'> & FleetResult;

const FILE = join(ROOT, 'tools/bench/results/fleet.json');

export function writeRecordedFleet(result: FleetResult): void {
  writeFileSync(FILE, `${JSON.stringify({ ...here(), ...rounded(result) } satisfies RecordedFleet, null, 1)}\n`);
}

/** Null: none was recorded. */
export function readRecordedFleet(): RecordedFleet | null {
  if (!existsSync(FILE)) return null;
  return JSON.parse(readFileSync(FILE, 'utf8')) as RecordedFleet; // written above
}
