import type { StationObserver } from '@voltbus/virtual-station';

/** Counts the fleet's connections, messages and errors, and keeps its latencies. */
export class Tally {
  connections = 0;
  messages = 0;
  readonly errors = new Map<string, number>();
  private readonly latenciesMs: number[] = [];

  /** An observer of a station. Errors are counted by personality, as some personalities provoke theirs. */
  observerFor(personality: string): StationObserver {
    const count = (event: string): void => {
      const error = `${event} (${personality})`;
      this.errors.set(error, (this.errors.get(error) ?? 0) + 1);
    };
    return {
      onAnswered: (_action, latencyMs) => {
        this.messages++;
        this.latenciesMs.push(latencyMs);
      },
      onCallFailed: (action, error) => count(`${action}: ${error.message}`),
      onRefused: (status) => count(`refused with ${status}`),
      onUnreachable: ({ message }) => count(`no connection: ${message}`),
      onConnected: () => void this.connections++,
    };
  }

  /** The latency in milliseconds below which this share of the answers came; null before the first answer. */
  percentile(share: number): number | null {
    const sorted = [...this.latenciesMs].sort((one, other) => one - other);
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null;
  }

  get failures(): number {
    return [...this.errors.values()].reduce((sum, count) => sum + count, 0);
  }
}
