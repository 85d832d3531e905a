import type { Logger, Metrics } from '@voltbus/telemetry';

/**
 * `full`: the write buffer was full. `rate`: one station sent too many. `bus`: the bus did not take them. `defect`: an
 * error of ours.
 */
export type CopyFailure = 'full' | 'rate' | 'bus' | 'defect';

/** Copies are best effort; an operator who misses some finds the reason in the metric. */
export class MessageLogTelemetry {
  private readonly copies;

  constructor(
    private readonly logger: Logger,
    metrics: Metrics,
  ) {
    this.copies = metrics.counter(
      'gateway_frame_copies_total',
      'Frames copied for operators to look at, or not (full, rate, bus, defect)',
      ['result'],
    );
  }

  framesCopied(count: number): void {
    this.copies.add(count, { result: 'copied' });
  }

  framesNotCopied(reason: CopyFailure, count: number): void {
    this.copies.add(count, { result: reason });
  }

  defect(err: unknown): void {
    this.logger.error({ err }, 'a defect in the message log');
  }
}
