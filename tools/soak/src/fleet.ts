import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const PASSWORD = 'a password of the soak';
const LOOK_MS = 100;

interface FleetPlan {
  stations: number;
  minutes: number;
  seed: number;
}

/** The system that the fleet charges at. */
interface FleetTarget {
  ocppUrl: string;
  apiUrl: string;
  dataDir: string;
}

/** Resolves when a station is connected, for the fleet is registered then and charging begins; or when the simulator has ended. */
export async function firstConnected({ apiUrl, dataDir }: FleetTarget, simulatorExit: Promise<unknown>): Promise<void> {
  const authorization = `Bearer ${readFileSync(join(dataDir, 'admin-key'), 'utf8').trim()}`;
  for (;;) {
    const answer = await fetch(`${apiUrl}/v1/stations?limit=100`, { headers: { authorization } }).catch(() => null);
    const { items = [] } = answer?.ok === true ? ((await answer.json()) as { items?: { online: boolean }[] }) : {}; // as the API has it
    if (items.some(({ online }) => online)) return;
    if (await Promise.race([simulatorExit.then(() => true), pause(LOOK_MS, false)])) return;
  }
}

/** The options of the simulator: stations of all versions and personalities. */
export function fleetArgs({ stations, minutes, seed }: FleetPlan, { ocppUrl }: FleetTarget): string[] {
  const numbers = ['--stations', String(stations), '--minutes', String(minutes), '--seed', String(seed)];
  return ['--url', ocppUrl, ...numbers, '--version', 'mix', '--personality', 'mix', '--register', '--password', PASSWORD];
}

/** The last match of a pattern in the output of a program; empty where there is none. */
export function lastOf(text: string, pattern: RegExp): string {
  return text.replaceAll('\r', '\n').match(pattern)?.at(-1) ?? '';
}
