import type { AckClass, Lane, Protocol } from './station-state';

/** Parts of the tenant's policy that decide how a message is answered. */
export interface AckPolicy {
  /** TransactionEvent Updated may get something in its answer (running cost, limits, a message). */
  answersUpdates: boolean;
}

/** The lane of an action a station sends; whatever no other lane claims is the router's. */
export function laneOf(_protocol: Protocol, _action: string): Lane {
  throw new Error('not yet');
}

/** When the gateway answers a message of an accepted station; one table, every action of every version (architecture section 3). */
export function ackClass(_protocol: Protocol, _action: string, _payload: unknown, _policy: AckPolicy): AckClass {
  throw new Error('not yet');
}
