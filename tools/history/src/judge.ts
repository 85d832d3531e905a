import type { History } from './history';
import { acknowledged } from './invariants/acknowledged';
import { billing } from './invariants/billing';
import { commands } from './invariants/commands';
import { order } from './invariants/order';
import { owners } from './invariants/owners';
import { resources } from './invariants/resources';
import { tenancy } from './invariants/tenancy';

/** By the invariant's name; each judges a recorded history and returns one line for each violation. Pure. */
const INVARIANTS = { acknowledged, billing, owners, order, tenancy, commands, resources } satisfies Record<
  string,
  (history: History) => string[]
>;

/** Every violation, its line begun by the invariant's name. */
export function judge(history: History): string[] {
  return Object.entries(INVARIANTS).flatMap(([name, invariant]) => invariant(history).map((violation) => `${name}: ${violation}`));
}

/** How much a verdict rests on: a history without anything violates nothing. */
export function evidenceOf({ fleets, connections, transactions, cdrs, commandResults, stored, usage }: History): string {
  const sessions = fleets.reduce((sum, { truth }) => sum + truth.stations.reduce((count, one) => count + one.sessions.length, 0), 0);
  return (
    `sessions ${sessions}  connections ${connections.length}  transactions ${transactions.length}  CDRs ${cdrs.length}  ` +
    `command results ${commandResults.length}  readings ${stored.readings.length}  commands ${stored.commands.length}  processes ${usage.length}`
  );
}
