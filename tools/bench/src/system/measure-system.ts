import { appendFileSync } from 'node:fs';
import { BenchSystem } from './bench-system';
import { CEILINGS } from './ceilings';
import type { Measurement } from './measurement';
import { tableOf } from './result-table';
import { WORKLOADS, type Scale } from './workloads';

const ALL = { ...WORKLOADS, ...CEILINGS };
/** What can be measured, in the usual order. */
export const MEASURABLE: readonly string[] = Object.keys(ALL);

export interface SystemOptions {
  quick: boolean;
  /** Names of workloads, in the order in which they run. */
  workloads: readonly string[];
  /** A file to which the results are added, a JSON line each. */
  json: string | undefined;
  /** A directory for profiles of each measurement. */
  profile: string | undefined;
  /** The results are kept for the page of the reference. */
  record: boolean;
}

const FULL: Scale = { stations: 300, sessionStations: 100, stormStations: 1_000, seconds: 15, warmUpSeconds: 8 };
/** Under three minutes, all workloads together. */
const QUICK: Scale = { stations: 300, sessionStations: 100, stormStations: 300, seconds: 5, warmUpSeconds: 3 };

/** Runs the workloads against a stack of its own, one after the other. */
export async function measureSystem(
  { quick, workloads, json, profile }: SystemOptions,
  print: (text: string) => void,
): Promise<Measurement[]> {
  const results: Measurement[] = [];
  print('starting a stack of one gateway, every service, Kafka, Redis and Postgres');
  const system = await BenchSystem.start(profile);
  try {
    const report = (measurement: Measurement): void => {
      results.push(measurement);
      if (json !== undefined) appendFileSync(json, `${JSON.stringify(measurement)}\n`);
      print(tableOf([measurement]));
    };
    for (const name of workloads) await ALL[name]?.(system, quick ? QUICK : FULL, report);
    return results;
  } finally {
    await system.stop();
  }
}
