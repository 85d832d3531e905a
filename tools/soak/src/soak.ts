import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readUsage } from '@voltbus/history';
import { seededRandom } from '@voltbus/virtual-station';
import { compare, firstConnected, startCharging, summaryOf } from './fleet';
import type { Shape } from './kill-targets';
import { Resources } from './resources';
import { startSystem, type System } from './system';

/** Between two readings of memory and descriptors. */
const SAMPLE_MS = 5_000;
/** No kill in the first and the last tenth of the time: stations must have begun to charge, and must go on after the last kill. */
const CALM_SHARE = 0.1;

export interface SoakPlan {
  shape: Shape;
  stations: number;
  minutes: number;
  kills: number;
  /** Each kill draws one of them. */
  killTargets: readonly [string, ...string[]];
  seed: number;
}

export interface SoakResult {
  /** The summary of the simulator. */
  fleet: string;
  /** `sessions ... lost 0 doubled 0 wrong 0 held 0`, after one line for each difference. */
  verdict: string;
  killed: readonly string[];
  /** Memory, its slope, and descriptors: a line for each process. */
  resources: readonly string[];
  right: boolean;
}

/** Charges with a fleet while processes are killed, then compares the system's account with the truth of the stations. */
export async function soak(plan: SoakPlan, log: (text: string) => void): Promise<SoakResult> {
  const system = await startSystem(plan.shape);
  const folder = mkdtempSync(join(tmpdir(), 'voltbus-soak-'));
  const truth = join(folder, 'truth.json');
  const resources = new Resources();
  const sampling = setInterval(() => sample(system, resources), SAMPLE_MS);
  try {
    const charging = startCharging(plan, system, truth);
    const killing = firstConnected(system, charging.exit).then(() => killAtRandom(plan, system, log));
    await charging.exit;
    const killed = await killing;
    clearInterval(sampling); // the fleet's end is no part of the slope
    const fleet = await summaryOf(charging);
    return { fleet, ...(await compare(system, truth)), killed, resources: resources.report() };
  } finally {
    clearInterval(sampling);
    await system.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function sample(system: System, resources: Resources): void {
  for (const [name, pid] of system.pids()) {
    const usage = readUsage(pid);
    if (usage !== null) resources.add(name, { pid, atMs: performance.now(), usage });
  }
}

/** Kills one process after the other, at moments drawn from the seed, and returns their names. */
async function killAtRandom(
  { kills, killTargets, minutes, seed }: SoakPlan,
  system: System,
  log: (text: string) => void,
): Promise<string[]> {
  const random = seededRandom(seed).fork('kills');
  const lengthMs = minutes * 60_000;
  const instants = Array.from({ length: kills }, () => random.between(CALM_SHARE, 1 - CALM_SHARE) * lengthMs).sort((a, b) => a - b);
  const begunAt = performance.now();
  const killed: string[] = [];
  for (const instant of instants) {
    await pause(Math.max(0, instant - (performance.now() - begunAt)));
    const target = random.pick(killTargets);
    log(`kill -9 ${target}`);
    await system.killAndRestart(target);
    killed.push(target);
  }
  return killed;
}
