/**
 * The order of starting; stopping has the reverse order. `resources`: databases. `work`: consumers, relays, sweeps.
 * `listeners`: ports that accept connections.
 */
export const PHASES = ['resources', 'work', 'listeners'] as const;
export type Phase = (typeof PHASES)[number];

export interface Part {
  name: string;
  start?(): Promise<void> | void;
  /** `withinMs`: its share of the time that the whole stop may take; what is not done then is cut off soon after. */
  stop?(withinMs: number): Promise<void> | void;
}

/** What each phase gets of the time a stop may take: most of it is for those who are connected. The rest is for what the process closes itself. */
const SHARES: Readonly<Record<Phase, number>> = { listeners: 0.6, work: 0.2, resources: 0.1 };

/**
 * Start and stop in a fixed order, whatever the order in which modules were built. Parts register in their module's
 * constructor; `runProcess` runs the phases (all of one phase concurrently, a failed start stops the process with exit code 1).
 */
export interface Lifecycle {
  add(phase: Phase, part: Part): void;
}

/** The lifecycle as the process drives it. */
export class Phases implements Lifecycle {
  private readonly parts: Readonly<Record<Phase, Part[]>> = { resources: [], work: [], listeners: [] };

  /** `failed` is called for each part that does not stop; the others still stop. */
  constructor(private readonly failed: (part: string, error: unknown) => void) {}

  add(phase: Phase, part: Part): void {
    this.parts[phase].push(part);
  }

  has(phase: Phase): boolean {
    return this.parts[phase].length > 0;
  }

  async start(): Promise<void> {
    for (const phase of PHASES) await Promise.all(this.parts[phase].map(async (part) => part.start?.()));
  }

  async stop(withinMs: number): Promise<void> {
    for (const phase of [...PHASES].reverse()) {
      await Promise.all(
        this.parts[phase].map(async (part) => {
          try {
            await part.stop?.(withinMs * SHARES[phase]);
          } catch (error) {
            this.failed(part.name, error);
          }
        }),
      );
    }
  }
}
