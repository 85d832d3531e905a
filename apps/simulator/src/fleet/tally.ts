import type { StationObserver } from '@voltbus/virtual-station';

/** Counts the fleet's connections, messages and errors, and keeps its latencies and the times that stations were away. */
export class Tally {
  connections = 0;
  messages = 0;
  readonly errors = new Map<string, number>();
  private readonly latenciesMs: number[] = [];
  private readonly absencesMs: number[] = [];

  /** An observer of a station. Errors are counted by personality, as some personalities provoke theirs. */
  observerFor(personality: string): StationObserver {
    const count = (event: string): void => {
      const error = `${event} (${personality})`;
      this.errors.set(error, (this.errors.get(error) ?? 0) + 1);
    };
    let awaySince: number | null = null;
    return {
      onAnswered: (_action, latencyMs) => {
        this.messages++;
        this.latenciesMs.push(latencyMs);
      },
      onCallFailed: (action, error) => count(`${action}: ${error.message}`),
      onRefused: (status) => count(`refused with ${status}`),
      onUnreachable: ({ message }) => count(`no connection: ${message}`),
      onConnected: () => {
        this.connections++;
        if (awaySince !== null) this.absencesMs.push(performance.now() - awaySince);
        awaySince = null;
      },
      onDisconnected: () => void (awaySince ??= performance.now()),
    };
  }

  /** The latency in milliseconds below which this share of the answers came; null before the first answer. */
  percentile(share: number): number | null {
    return percentile(this.latenciesMs, share);
  }

  /** How often stations were away, from the end of a connection to the next one, and for how long. */
  get absences(): { times: number; medianMs: number; longestMs: number } {
    const [medianMs, longestMs] = [percentile(this.absencesMs, 0.5) ?? 0, percentile(this.absencesMs, 1) ?? 0];
    return { times: this.absencesMs.length, medianMs, longestMs };
  }

  get failures(): number {
    return [...this.errors.values()].reduce((sum, count) => sum + count, 0);
  }
}

function percentile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null;
}
