import type { Random } from '@voltbus/virtual-station';
import type { FleetTarget } from '@voltbus/soak';
import type { Stack } from '@voltbus/stack';
import type { SmallDisks } from '../small-disks';

/** What a fault is injected into. */
export interface Scene {
  stack: Stack;
  /** Of the tenants, which have the same stations: where a fault may register stations of its own. */
  targets: readonly FleetTarget[];
  random: Random;
  /** Disks of the servers that can be made full; null where they could not be mounted. */
  disks: SmallDisks | null;
  log(text: string): void;
  /** Adds a violation that the fault itself has seen. */
  report(violation: string): void;
  /** Lets time pass. Rejects when the run is interrupted, so that a fault takes back in `finally` what it did. */
  pause(ms: number): Promise<void>;
}

/** A row of the table of faults. */
export interface Fault {
  name: string;
  /** What happens, for `--help` and the report. */
  about: string;
  /** It is left out where the disks of the servers cannot be made small, unless it is asked for by name. */
  needsDisks?: true;
  /** Resolves when the fault is over; what it broke may still be coming back. */
  inject(scene: Scene): Promise<void>;
}
