import type { StationObserver } from '@voltbus/virtual-station';

/** What a fleet lived through: counts and latencies. */
export class Tally {
  connections = 0;
  messages = 0;
  readonly errors = new Map<string, number>();
  private readonly latenciesMs: number[] = [];

  /** What a station of that personality lives through: some of them ask for their errors. */
  of(personality: string): StationObserver {
    const count = (what: string): void => {
      const error = `${what} (${personality})`;
      this.errors.set(error, (this.errors.get(error) ?? 0) + 1);
    };
    return {
      answered: (_action, latencyMs) => {
        this.messages++;
        this.latenciesMs.push(latencyMs);
      },
      failed: (action, error) => count(`${action}: ${error.message}`),
      refused: (status) => count(`refused with ${status}`),
      unreachable: ({ message }) => count(`no connection: ${message}`),
      connected: () => void this.connections++,
    };
  }

  /** Milliseconds below which the share of answers came; null before the first. */
  percentile(share: number): number | null {
    const sorted = [...this.latenciesMs].sort((one, other) => one - other);
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null;
  }

  get failures(): number {
    return [...this.errors.values()].reduce((sum, count) => sum + count, 0);
  }
}
