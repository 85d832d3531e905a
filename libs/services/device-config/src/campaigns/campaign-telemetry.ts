import type { Logger, Metrics } from '@voltbus/telemetry';
import type { Campaign } from './domain/campaign';

/** Log and metrics of campaigns. */
export class CampaignTelemetry {
  private readonly asks;
  private readonly ends;
  private readonly changes;

  constructor(
    private readonly logger: Logger,
    metrics: Metrics,
  ) {
    this.asks = metrics.counter('campaign_stations_started_total', 'Stations that campaigns have asked', ['kind']);
    this.ends = metrics.counter('campaign_stations_ended_total', 'Stations at which the work of campaigns has come to an end', ['kind']);
    this.changes = metrics.counter('campaign_changes_total', 'Campaigns that began a wave, were paused, stopped or resumed, or ended', [
      'kind',
      'state',
    ]);
  }

  asked({ kind }: Campaign): void {
    this.asks.add(1, { kind });
  }

  ended({ kind }: Campaign, count: number): void {
    this.ends.add(count, { kind });
  }

  changed({ tenant, id, kind, state, wave, waves }: Campaign): void {
    this.changes.add(1, { kind, state });
    const level = state === 'stopped' ? 'warn' : 'info';
    this.logger[level]({ tenant, campaign: id, kind, state, wave, waves }, 'campaign changed');
  }
}
