import { seededRandom } from '@voltbus/virtual-station';
import type { Fault, Scene } from './faults';
import { shuffled } from './shuffled';

/** Between two faults: what the last one broke comes back. */
const CALM_BETWEEN_MS = 8_000;

export interface InjectedFault {
  name: string;
  seconds: number;
  /** Why the fault could not be injected, or null. */
  error: string | null;
}

/** Injects one fault after the other until the time is over: all of them in an order drawn from the seed, then again in another. */
export async function injectUntil(
  end: number,
  { faults, seed }: { faults: readonly Fault[]; seed: number },
  scene: Omit<Scene, 'random'>,
): Promise<InjectedFault[]> {
  const random = seededRandom(seed).fork('faults');
  const injected: InjectedFault[] = [];
  let left: Fault[] = [];
  while (Date.now() < end) {
    if (left.length === 0) left = shuffled(faults, random);
    const fault = left.shift();
    if (fault === undefined) break;
    scene.log(`${fault.name}: ${fault.about}`);
    injected.push(await injectOne(fault, { ...scene, random }));
    await scene.pause(CALM_BETWEEN_MS);
  }
  return injected;
}

async function injectOne(fault: Fault, scene: Scene): Promise<InjectedFault> {
  const begunAt = performance.now();
  const error = await fault.inject(scene).then(
    () => null,
    (failure: unknown) => (failure instanceof Error ? failure.message : String(failure)),
  );
  return { name: fault.name, seconds: Math.round((performance.now() - begunAt) / 1_000), error };
}
