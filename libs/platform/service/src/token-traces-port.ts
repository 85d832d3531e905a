import type { Place } from '@voltbus/database';

/** How far an erasure is in the tables of one service. */
export interface ErasureState {
  /** When a look through all of them left none of its rows; null: not yet. */
  erasedAt: Date | null;
  /** Rows that were changed or removed. */
  changed: number;
  /** Rows that cannot be changed yet, such as those of a session that has not ended. */
  waiting: number;
}

/** What the tables of one service have of tokens. Each service's HTTP module provides its own under `tokenTracesOf`. */
export interface TokenTraces {
  /** By the id of the erasure; of one that is left out the service has not heard yet. */
  states(tenant: string, ids: readonly string[]): Promise<ReadonlyMap<string, ErasureState>>;
  /** Rows that name a token, of some pages of a table from a place on. */
  read(
    token: { tenant: string; idToken: string },
    place: Place | null,
  ): Promise<{ rows: { table: string; row: object }[]; next: Place | null }>;
}

/** Injection token of the `TokenTraces` of a service. */
export function tokenTracesOf(service: string): symbol {
  return Symbol.for(`voltbus.token-traces.${service}`);
}
