import type { Logger, Metrics } from '@voltbus/telemetry';

/** The log lines and metrics of the event stream. */
export class LiveTelemetry {
  private readonly ends;

  constructor(
    private readonly logger: Logger,
    private readonly metrics: Metrics,
  ) {
    this.ends = metrics.counter('api_event_streams_ended_total', 'Event streams that ended', ['reason']);
  }

  observeOpenStreams(count: () => number): void {
    this.metrics.gauge('api_event_streams', 'Event streams that are open', [], count);
  }

  streamEnded(reason: string): void {
    this.ends.add(1, { reason });
  }

  stationMissed(tenant: string, error: unknown): void {
    this.logger.warn({ err: error, tenant }, 'the change of a station was not streamed: its streams were sent a gap');
  }
}
