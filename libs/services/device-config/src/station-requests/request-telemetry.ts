import type { Logger, Metrics } from '@voltbus/telemetry';
import type { StationRequest } from './domain/station-request';

/** Log and metrics of requests. */
export class RequestTelemetry {
  private readonly sendings;
  private readonly ends;

  constructor(
    private readonly logger: Logger,
    metrics: Metrics,
  ) {
    this.sendings = metrics.counter(
      'station_requests_sent_total',
      'Firmware updates and publications, logs, customer information and resets that stations were asked for',
      ['kind'],
    );
    this.ends = metrics.counter(
      'station_requests_ended_total',
      'Firmware updates and publications, requests of logs and of customer information, and resets that have ended',
      ['kind', 'outcome'],
    );
  }

  sent(kind: StationRequest['kind']): void {
    this.sendings.add(1, { kind });
  }

  ended({ tenant, station, kind, requestId, state, reason }: StationRequest): void {
    this.ends.add(1, { kind, outcome: state });
    this.logger.info({ tenant, station, kind, requestId, state, reason }, 'request to a station ended');
  }
}
