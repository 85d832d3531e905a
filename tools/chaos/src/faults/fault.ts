import type { Random } from '@voltbus/virtual-station';
import type { FleetTarget } from '@voltbus/soak';
import type { Stack } from '@voltbus/stack';

/** What a fault is injected into. */
export interface Scene {
  stack: Stack;
  /** Where a fault may register a station of its own. */
  target: FleetTarget;
  random: Random;
  log(text: string): void;
}

/** A row of the table of faults. */
export interface Fault {
  name: string;
  /** What happens, for `--help` and the report. */
  about: string;
  /** Resolves when the fault is over; what it broke may still be coming back. */
  inject(scene: Scene): Promise<void>;
}
