/** The cost of one message without (`off`) and with (`on`) the thing that is measured. */
export interface Pair {
  off: number;
  on: number;
}

export interface Ratios {
  /** The cheapest rounds, on the machine at its least busy. */
  least: Pair;
  /** The median of the pairs' own ratios. */
  median: number;
  pairs: number[];
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.slice(Math.floor((sorted.length - 1) / 2), Math.floor(sorted.length / 2) + 1);
  return middle.reduce((sum, value) => sum + value, 0) / middle.length;
}

/** Returns how many times as much it costs with the thing as without. */
export function ratios(pairs: readonly Pair[]): Ratios {
  const own = pairs.map(({ on, off }) => on / off);
  const least = { off: Math.min(...pairs.map(({ off }) => off)), on: Math.min(...pairs.map(({ on }) => on)) };
  return { least, median: median(own), pairs: own };
}
