import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { runProgram, type Program } from '@voltbus/infra';

const SIMULATOR = 'apps/simulator/dist/main.js';
const VERIFY = 'apps/simulator/dist/verify-main.js';
const PASSWORD = 'a password of the soak';
const LOOK_MS = 100;

interface FleetPlan {
  stations: number;
  minutes: number;
  seed: number;
  /** Options of the simulator beside those, such as `--token`. */
  more?: readonly string[];
}

/** The system that the fleet charges at. */
export interface FleetTarget {
  /** Of the stations' tenant, if that is not the default one. */
  ocppUrl: string;
  apiUrl: string;
  dataDir: string;
  /** Of its Kafka; empty in standalone. */
  brokers: readonly string[];
  /** `default` unless another is named. */
  tenant?: string;
}

/** Starts the simulator: stations of all versions and personalities charge, and what they know is written to the file `truth`. */
export function startCharging({ stations, minutes, seed, more = [] }: FleetPlan, target: FleetTarget, truth: string): Program {
  const numbers = ['--stations', String(stations), '--minutes', String(minutes), '--seed', String(seed)];
  const kinds = ['--version', 'mix', '--personality', 'mix', '--register', '--password', PASSWORD];
  return runProgram(SIMULATOR, ['--url', target.ocppUrl, ...numbers, ...kinds, ...accountArgs(target), '--truth', truth, ...more], {});
}

/** Headers of a request to the API in the name of the administrator, for the fleet's tenant. */
export function administratorOf({ dataDir, tenant = 'default' }: FleetTarget): Record<string, string> {
  return { authorization: `Bearer ${readFileSync(join(dataDir, 'admin-key'), 'utf8').trim()}`, 'voltbus-tenant': tenant };
}

/** Resolves when a station is connected, for the fleet is registered then and charging begins; or when the simulator has ended. */
export async function firstConnected(target: FleetTarget, simulatorExit: Promise<unknown>): Promise<void> {
  const headers = administratorOf(target);
  for (;;) {
    const answer = await fetch(`${target.apiUrl}/v1/stations?limit=100`, { headers }).catch(() => null);
    const { items = [] } = answer?.ok === true ? ((await answer.json()) as { items?: { online: boolean }[] }) : {}; // as the API has it
    if (items.some(({ online }) => online)) return;
    if (await Promise.race([simulatorExit.then(() => true), pause(LOOK_MS, false)])) return;
  }
}

/** The summary of the simulator, when it has ended; rejects when it failed. */
export async function summaryOf(charging: Program): Promise<string> {
  const code = await charging.exit;
  if (code !== 0) throw new Error(`the simulator ended with ${code}:\n${charging.output()}`);
  return lastOf(charging.output(), /^stations .*/gm);
}

/** Compares the account of the system with the truth of the stations. */
export async function compare(
  target: FleetTarget,
  truth: string,
  more: readonly string[] = [],
): Promise<{ right: boolean; verdict: string }> {
  const topic = target.brokers.length === 0 ? [] : ['--kafka', target.brokers.join(',')];
  const verifying = runProgram(VERIFY, [truth, ...accountArgs(target), ...topic, ...more], {});
  const right = (await verifying.exit) === 0;
  return { right, verdict: verifying.output().trim() };
}

function accountArgs({ apiUrl, dataDir, tenant }: FleetTarget): string[] {
  const of = tenant === undefined ? [] : ['--tenant', tenant];
  return ['--api', apiUrl, '--key-file', join(dataDir, 'admin-key'), ...of];
}

/** The last match of a pattern in the output of a program; empty where there is none. */
function lastOf(text: string, pattern: RegExp): string {
  return text.replaceAll('\r', '\n').match(pattern)?.at(-1) ?? '';
}
