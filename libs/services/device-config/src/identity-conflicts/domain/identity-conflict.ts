/** Connections of one station that took the place of another one of its own, by remote address. */
export interface TakeOverCount {
  address: string;
  times: number;
  firstAt: Date;
  lastAt: Date;
}

/** Two devices under one identity, or one that cannot keep its connection: its connections keep taking their place from each other. */
export interface IdentityConflict {
  since: string;
  takeOvers: number;
  /** The latest first. */
  addresses: { address: string; takeOvers: number; lastAt: string }[];
}

/** Take-overs with less than this between them belong together, milliseconds; half-open sockets and restarts are further apart. */
export const TAKE_OVER_GAP_MS = 5 * 60_000;
/** Take-overs that belong together are a conflict from this number on. */
export const LEAST_TAKE_OVERS = 5;
/** Addresses kept of one station, the latest. */
export const MAX_TAKE_OVER_ADDRESSES = 10;

/** Null: there is none now. */
export function conflictOf(counts: readonly TakeOverCount[], now: Date): IdentityConflict | null {
  const recent = counts
    .filter(({ lastAt }) => now.getTime() - lastAt.getTime() <= TAKE_OVER_GAP_MS)
    .sort((one, other) => other.lastAt.getTime() - one.lastAt.getTime());
  const takeOvers = recent.reduce((sum, { times }) => sum + times, 0);
  if (takeOvers < LEAST_TAKE_OVERS) return null;
  const since = new Date(Math.min(...recent.map(({ firstAt }) => firstAt.getTime()))).toISOString();
  return {
    since,
    takeOvers,
    addresses: recent.map(({ address, times, lastAt }) => ({ address, takeOvers: times, lastAt: lastAt.toISOString() })),
  };
}
