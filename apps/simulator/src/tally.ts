import type { StationObserver } from '@voltbus/virtual-station';

/** What a fleet lived through: counts and latencies. */
export class Tally implements StationObserver {
  connections = 0;
  messages = 0;
  readonly errors = new Map<string, number>();
  private readonly latenciesMs: number[] = [];

  readonly answered = (_action: string, latencyMs: number): void => {
    this.messages++;
    this.latenciesMs.push(latencyMs);
  };

  readonly failed = (action: string, error: Error): void => this.count(`${action}: ${error.message}`);
  readonly refused = (status: number): void => this.count(`refused with ${status}`);
  readonly connected = (): void => void this.connections++;

  /** Milliseconds below which the share of answers came; null before the first. */
  percentile(share: number): number | null {
    const sorted = [...this.latenciesMs].sort((one, other) => one - other);
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null;
  }

  get failures(): number {
    return [...this.errors.values()].reduce((sum, count) => sum + count, 0);
  }

  private count(what: string): void {
    this.errors.set(what, (this.errors.get(what) ?? 0) + 1);
  }
}
