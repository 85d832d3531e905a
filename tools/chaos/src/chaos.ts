import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { endProgram, readJson } from '@voltbus/infra';
import { startStack, type Stack } from '@voltbus/stack';
import { seededRandom, type Random, type Truth } from '@voltbus/virtual-station';
import type { Fault } from './faults';
import { fleetsOf, startFleets, type RunningFleet } from './fleets';
import { compared, usageOf } from './usage';
import { verdictOn, type ChaosVerdict } from './verdict';

/** Fleets come to rest before the first fault; sessions go on after the last one. */
const CALM_BEFORE_MS = 25_000;
const CALM_AFTER_MS = 30_000;
/** Between two faults: what the last one broke comes back. */
const CALM_BETWEEN_MS = 8_000;

export interface ChaosPlan {
  minutes: number;
  /** Of each of two tenants. */
  stations: number;
  seed: number;
  faults: readonly Fault[];
}

export interface InjectedFault {
  name: string;
  seconds: number;
  /** Why the fault could not be injected, or null. */
  error: string | null;
}

interface ChaosResult extends ChaosVerdict {
  injected: readonly InjectedFault[];
}

/** Charges with fleets of several tenants while faults are injected, then judges all that was recorded. */
export async function chaos(plan: ChaosPlan, log: (text: string) => void): Promise<ChaosResult> {
  const folder = mkdtempSync(join(tmpdir(), 'voltbus-chaos-'));
  const stack = await startStack({ gateways: 2 });
  try {
    const fleets = startFleets(fleetsOf(plan, stack), folder);
    try {
      return await judged(plan, { stack, fleets, log });
    } finally {
      await Promise.all(fleets.map(({ charging }) => endProgram(charging, 'SIGTERM')));
    }
  } finally {
    await stack.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Run {
  stack: Stack;
  fleets: readonly RunningFleet[];
  log(text: string): void;
}

async function judged(plan: ChaosPlan, { stack, fleets, log }: Run): Promise<ChaosResult> {
  const end = Date.now() + plan.minutes * 60_000;
  await pause(CALM_BEFORE_MS);
  const before = usageOf(stack.facts());
  const injected = await injectUntil(end - CALM_AFTER_MS, plan, { stack, fleets, log });
  for (const { charging, target } of fleets)
    if ((await charging.exit) !== 0) throw new Error(`the fleet of ${target.tenant} failed:\n${charging.output()}`);
  const judging = fleets.map(({ target, truthFile }) => ({ target, truthFile, truth: readJson<Truth>(truthFile) }));
  const usage = compared(before, usageOf(stack.facts()));
  return { injected, ...(await verdictOn(judging, stack, usage)) };
}

/** Injects one fault after the other until the time is over: all of them in an order drawn from the seed, then again in another. */
async function injectUntil(end: number, { faults, seed }: ChaosPlan, { stack, fleets, log }: Run): Promise<InjectedFault[]> {
  const random = seededRandom(seed).fork('faults');
  const [first] = fleets;
  if (first === undefined) return [];
  const injected: InjectedFault[] = [];
  let left: Fault[] = [];
  while (Date.now() < end) {
    if (left.length === 0) left = shuffled(faults, random);
    const fault = left.shift();
    if (fault === undefined) break;
    const { name, about } = fault;
    log(`${name}: ${about}`);
    const begunAt = performance.now();
    const error = await fault.inject({ stack, target: first.target, random, log }).then(
      () => null,
      (failure: unknown) => (failure instanceof Error ? failure.message : String(failure)),
    );
    injected.push({ name, seconds: Math.round((performance.now() - begunAt) / 1_000), error });
    await pause(CALM_BETWEEN_MS);
  }
  return injected;
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, at: random.between(0, 1) }))
    .sort((one, other) => one.at - other.at)
    .map(({ item }) => item);
}
