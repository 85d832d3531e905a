class Died extends Error {}

/** When a process dies: at its nth effect from now, before or after it; null: it does not. */
export type Death = { effect: number; after: boolean } | null;

/** The death of a process: everything that it does outside of itself may be the last. */
export class Mortality {
  private effects = 0;
  private death: Death = null;
  private dead = false;

  /** Does that until it is done, refused with `conflict`, or the process dies; the next work is that of the process that was started in its place. */
  async run(death: Death, work: () => Promise<unknown>): Promise<void> {
    this.effects = 0;
    this.death = death;
    this.dead = false;
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Died) && (error as { code?: string }).code !== 'conflict') throw error;
    }
  }

  /** Each method of it is an effect. */
  mortal<T extends object>(target: T): T {
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
