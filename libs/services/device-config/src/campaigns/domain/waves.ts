/** How many stations a wave has: a number, or a share of all stations of the campaign, rounded up. One of them is given. */
export interface WaveSize {
  stations?: number;
  percent?: number;
}

/** The sizes of all waves of so many stations, each at least one. What the given waves leave over is a wave of its own; those that nothing is left for do not exist. */
export function waveSizes(total: number, given: readonly WaveSize[]): number[] {
  const sizes: number[] = [];
  let left = total;
  for (const wave of given) {
    const wanted = wave.stations ?? Math.ceil((total * (wave.percent ?? 0)) / 100);
    const size = Math.min(left, wanted);
    if (size > 0) sizes.push(size);
    left -= size;
  }
  return left > 0 ? [...sizes, left] : sizes;
}
