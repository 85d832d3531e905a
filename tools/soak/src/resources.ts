import type { Usage } from '@voltbus/history';

const MS_PER_HOUR = 3_600_000;
/** Fewer say nothing of a slope. */
const FEWEST_SAMPLES = 3;

interface Sample {
  pid: number;
  atMs: number;
  usage: Usage;
}

/** Memory and descriptors of processes over a run. A process that was started again begins anew. */
export class Resources {
  private readonly samples = new Map<string, Sample[]>();

  add(name: string, sample: Sample): void {
    const before = this.samples.get(name)?.filter(({ pid }) => pid === sample.pid) ?? [];
    this.samples.set(name, [...before, sample]);
  }

  /** A line for each process: memory at the end, its slope over the second half, in which nothing warms up, and its descriptors. */
  report(): string[] {
    return [...this.samples].map(([name, all]) => {
      const half = all.slice(Math.floor(all.length / 2));
      const [first, last] = [half[0], half.at(-1)];
      const slope = half.length < FEWEST_SAMPLES ? 'no slope' : `${signed(slopePerHour(half))} MB an hour`;
      return `${name}  ${last?.usage.rssMb} MB, ${slope}; descriptors ${first?.usage.descriptors} to ${last?.usage.descriptors}`;
    });
  }
}

/** Of the line of least squares. */
function slopePerHour(samples: readonly Sample[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [hours, sizes] = [samples.map(({ atMs }) => atMs / MS_PER_HOUR), samples.map(({ usage }) => usage.rssMb)];
  const [meanHour, meanSize] = [mean(hours), mean(sizes)];
  const covariance = mean(hours.map((hour, index) => (hour - meanHour) * ((sizes[index] ?? 0) - meanSize)));
  const variance = mean(hours.map((hour) => (hour - meanHour) ** 2));
  return variance === 0 ? 0 : covariance / variance;
}

function signed(value: number): string {
  return `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(1)}`;
}
