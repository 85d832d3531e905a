import type { CommandRequest } from '@voltbus/contracts';
import { Mortality, type Death } from '../../testing/mortality';
import { PEPPER } from '../../testing/start-service';
import { PasswordRotations } from '../password-rotations';
import { RotationSteps } from '../rotation-steps';
import type { TypeormPasswordRotations } from '../store/typeorm-password-rotations';
import { SECRETS } from './careless-world';

interface Effects {
  store: TypeormPasswordRotations;
  sendCommand(request: CommandRequest): Promise<void>;
  now(): Date;
}

/** A process that rotates passwords, and may die before and after everything that it does outside of itself. */
export class MortalProcess {
  private readonly mortality = new Mortality();
  private readonly rotations: PasswordRotations;

  constructor({ store, sendCommand, now }: Effects) {
    const mortalStore = this.mortality.mortal(store);
    const evictions = this.mortality.mortal({ of: () => Promise.resolve() });
    const steps = new RotationSteps({ store: mortalStore, evictions, events: { count: () => undefined }, wakeRelay: () => undefined, now });
    this.rotations = new PasswordRotations({
      ...{ store: mortalStore, steps, evictions, secrets: SECRETS, peppers: PEPPER, now },
      connections: { find: () => Promise.resolve(null) },
      telemetry: { passwordNotSent: () => undefined },
      ...this.mortality.mortal({ sendCommand }),
    });
  }

  /** Does that until it is done, refused, or the process dies. */
  run(death: Death, work: (rotations: PasswordRotations) => Promise<unknown>): Promise<void> {
    return this.mortality.run(death, () => work(this.rotations));
  }
}
