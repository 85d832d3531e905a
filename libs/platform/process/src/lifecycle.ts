/** Order of starting; stopping is the reverse. `resources`: databases. `work`: consumers, relays, sweeps. `doors`: what the outside connects to. */
export const PHASES = ['resources', 'work', 'doors'] as const;
export type Phase = (typeof PHASES)[number];

export interface Part {
  name: string;
  start?(): Promise<void> | void;
  stop?(): Promise<void> | void;
}

/**
 * Start and stop in a fixed order, whatever the order in which modules were built. Parts register in their module's
 * constructor; `runProcess` runs the phases (all of one phase concurrently, a failed start stops the process with exit code 1).
 */
export interface Lifecycle {
  add(phase: Phase, part: Part): void;
}

/** The lifecycle as the process drives it. */
export class Phases implements Lifecycle {
  private readonly parts: Readonly<Record<Phase, Part[]>> = { resources: [], work: [], doors: [] };

  /** `failed` is told of parts that do not stop: the others still do. */
  constructor(private readonly failed: (part: string, error: unknown) => void) {}

  add(phase: Phase, part: Part): void {
    this.parts[phase].push(part);
  }

  async start(): Promise<void> {
    for (const phase of PHASES) await Promise.all(this.parts[phase].map(async (part) => part.start?.()));
  }

  async stop(): Promise<void> {
    for (const phase of [...PHASES].reverse()) {
      await Promise.all(
        this.parts[phase].map(async (part) => {
          try {
            await part.stop?.();
          } catch (error) {
            this.failed(part.name, error);
          }
        }),
      );
    }
  }
}
