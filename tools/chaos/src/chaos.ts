import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { endProgram, readJson } from '@voltbus/infra';
import { firstConnected } from '@voltbus/soak';
import { startStack, type Stack } from '@voltbus/stack';
import type { Truth } from '@voltbus/virtual-station';
import type { Fault } from './faults';
import { fleetsOf, startFleets, type RunningFleet } from './fleets';
import { injectUntil, type InjectedFault } from './inject';
import { SmallDisks } from './small-disks';
import { compared, usageOf } from './usage';
import { verdictOn, type ChaosVerdict } from './verdict';

/** Fleets come to rest before the first fault; sessions go on after the last one. */
const CALM_BEFORE_MS = 25_000;
const CALM_AFTER_MS = 30_000;

export interface ChaosPlan {
  minutes: number;
  /** Of each of two tenants. */
  stations: number;
  seed: number;
  faults: readonly Fault[];
  /** The faults were named: one that cannot be injected here is an error, and is not left out. */
  named: boolean;
}

interface ChaosResult extends ChaosVerdict {
  injected: readonly InjectedFault[];
}

/** Charges with fleets of several tenants while faults are injected, then judges all that was recorded. Rejects when it is interrupted; what it began is ended first. */
export async function chaos(
  plan: ChaosPlan,
  { log, interrupted }: { log(text: string): void; interrupted: AbortSignal },
): Promise<ChaosResult> {
  const folder = mkdtempSync(join(tmpdir(), 'voltbus-chaos-'));
  const dataDir = join(folder, 'data');
  const disks = plan.faults.some(({ needsDisks }) => needsDisks) ? SmallDisks.mount(dataDir) : null;
  try {
    const stack = await startStack({ gateways: 2, dataDir });
    try {
      const fleets = startFleets(fleetsOf(plan, stack), folder);
      try {
        return await judged(plan, { stack, fleets, disks, log, interrupted });
      } finally {
        await Promise.all(fleets.map(({ charging }) => endProgram(charging, 'SIGTERM')));
      }
    } finally {
      await stack.stop();
    }
  } finally {
    disks?.unmount();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Run {
  stack: Stack;
  fleets: readonly RunningFleet[];
  disks: SmallDisks | null;
  log(text: string): void;
  interrupted: AbortSignal;
}

async function judged(plan: ChaosPlan, { stack, fleets, disks, log, interrupted }: Run): Promise<ChaosResult> {
  await Promise.all(fleets.map(({ charging, target }) => firstConnected(target, charging.exit))); // registering outlasts no fault
  const end = Date.now() + plan.minutes * 60_000;
  const pauseUnlessInterrupted = (ms: number): Promise<void> => pause(ms, undefined, { signal: interrupted });
  await pauseUnlessInterrupted(CALM_BEFORE_MS);
  const before = usageOf(stack.facts());
  const seen: string[] = [];
  const scene = {
    ...{ stack, disks, log },
    targets: fleets.map(({ target }) => target),
    pause: pauseUnlessInterrupted,
    report: (violation: string) => void seen.push(violation),
  };
  const injected = await injectUntil(end - CALM_AFTER_MS, { seed: plan.seed, faults: possible(plan, disks, log) }, scene);
  for (const { charging, target } of fleets)
    if ((await charging.exit) !== 0) throw new Error(`the fleet of ${target.tenant} failed:\n${charging.output()}`);
  const judging = fleets.map(({ target, truthFile }) => ({ target, truthFile, truth: readJson<Truth>(truthFile) }));
  const verdict = await verdictOn(judging, stack, () => compared(before, usageOf(stack.facts())));
  return { injected, ...verdict, violations: [...seen, ...verdict.violations], right: verdict.right && seen.length === 0 };
}

function possible({ faults, named }: ChaosPlan, disks: SmallDisks | null, log: (text: string) => void): readonly Fault[] {
  if (named || disks !== null) return faults;
  const left = faults.filter(({ needsDisks }) => needsDisks);
  if (left.length > 0) log(`left out, as disks cannot be mounted here: ${left.map(({ name }) => name).join(', ')}`);
  return faults.filter((fault) => !left.includes(fault));
}
