/** Order of starting; stopping is the reverse. `resources`: databases. `work`: consumers, relays, sweeps. `doors`: what the outside connects to. */
export const PHASES = ['resources', 'work', 'doors'] as const;
export type Phase = (typeof PHASES)[number];

/**
 * Start and stop in a fixed order, whatever the order in which modules were built. Parts register in their module's
 * constructor; `runProcess` runs the phases (all of one phase concurrently, a failed start stops the process with exit code 1).
 */
export interface Lifecycle {
  add(phase: Phase, part: { name: string; start?(): Promise<void> | void; stop?(): Promise<void> | void }): void;
}
