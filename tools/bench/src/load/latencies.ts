/** Latencies of one kind, milliseconds. */
export interface LatencySummary {
  count: number;
  p50: number;
  p99: number;
  max: number;
}

export function summaryOf(latencies: readonly number[]): LatencySummary {
  const sorted = [...latencies].sort((one, other) => one - other);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}

/** Latencies by kind (an OCPP action, a command, a CDR). */
export class Latencies {
  private readonly kinds = new Map<string, number[]>();

  add(kind: string, milliseconds: number): void {
    const known = this.kinds.get(kind);
    if (known === undefined) this.kinds.set(kind, [milliseconds]);
    else known.push(milliseconds);
  }

  summaries(): Record<string, LatencySummary> {
    return Object.fromEntries([...this.kinds].map(([kind, all]) => [kind, summaryOf(all)]));
  }
}
