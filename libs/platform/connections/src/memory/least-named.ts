/** The bucket below `buckets` that stands least often in `named`; of several, the lowest. */
export function leastNamed(named: readonly number[], buckets: number): number {
  const times = new Array<number>(buckets).fill(0);
  for (const bucket of named) if (bucket in times) times[bucket] = (times[bucket] ?? 0) + 1;
  return times.indexOf(Math.min(...times));
}
