import type { CommandRequest } from '@voltbus/contracts';
import { PEPPER } from '../../testing/start-service';
import { PasswordRotations } from '../password-rotations';
import { RotationSteps } from '../rotation-steps';
import type { TypeormPasswordRotations } from '../store/typeorm-password-rotations';
import { SECRETS } from './careless-world';

class Died extends Error {}

/** When a process dies: at its nth effect from now, before or after it; null: it does not. */
export type Death = { effect: number; after: boolean } | null;

interface Effects {
  store: TypeormPasswordRotations;
  sendCommand(request: CommandRequest): Promise<void>;
  now(): Date;
}

/** A process that rotates passwords, and may die before and after everything that it does outside of itself. */
export class MortalProcess {
  private effects = 0;
  private death: Death = null;
  private dead = false;
  private readonly rotations: PasswordRotations;

  constructor({ store, sendCommand, now }: Effects) {
    const mortalStore = this.mortal(store);
    const evictions = this.mortal({ of: () => Promise.resolve() });
    const steps = new RotationSteps({ store: mortalStore, evictions, events: { count: () => undefined }, wakeRelay: () => undefined, now });
    this.rotations = new PasswordRotations({
      ...{ store: mortalStore, steps, evictions, secrets: SECRETS, peppers: PEPPER, now },
      connections: { find: () => Promise.resolve(null) },
      telemetry: { passwordNotSent: () => undefined },
      ...this.mortal({ sendCommand }),
    });
  }

  /** Does that until it is done, refused, or the process dies; the next call is to the process that was started in its place. */
  async run(death: Death, work: (rotations: PasswordRotations) => Promise<unknown>): Promise<void> {
    this.effects = 0;
    this.death = death;
    this.dead = false;
    try {
      await work(this.rotations);
    } catch (error) {
      if (!(error instanceof Died) && (error as { code?: string }).code !== 'conflict') throw error;
    }
  }

  private mortal<T extends object>(target: T): T {
    return new Proxy(target, {
      get: (of, name) => {
        const member: unknown = Reflect.get(of, name);
        if (typeof member !== 'function') return member;
        return (...given: unknown[]) => this.effect(() => (member as (...all: unknown[]) => unknown).apply(of, given));
      },
    });
  }

  private async effect(make: () => unknown): Promise<unknown> {
    const { death } = this;
    if (this.dead) throw new Died();
    const dies = death !== null && ++this.effects > death.effect;
    this.dead = dies;
    if (dies && !death.after) throw new Died();
    const made = await make();
    if (dies) throw new Died();
    return made;
  }
}
