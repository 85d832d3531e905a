import { defineBlock } from '@voltbus/service';
import { isTransientDatabaseError } from '@voltbus/database';
import type { Logger, Metrics } from '@voltbus/telemetry';
import type { Attempt, DeathReason } from './deliveries/domain/delivery';

/** Seconds, up to three days: a receiver may have been away. */
const DELAYS = [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3_600, 21_600, 86_400, 259_200];
const DURATIONS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15];

interface Sent {
  tenant: string;
  webhook: string;
  delivery: string;
}

/** Writes log and metrics together, one function per thing that happened. No URL, no body and no answer is logged. */
export class WebhookTelemetry {
  private readonly deliveries;
  private readonly attempts;
  private readonly durations;
  private readonly delays;
  private readonly disabled;

  constructor(
    private readonly logger: Logger,
    metrics: Metrics,
  ) {
    this.deliveries = metrics.counter('webhook_deliveries_total', 'Deliveries to webhooks that were delivered, died or were dropped', [
      'outcome',
    ]);
    this.attempts = metrics.counter('webhook_attempts_total', 'Requests to webhooks by result', ['result']);
    this.durations = metrics.histogram('webhook_attempt_seconds', 'How long requests to webhooks took', ['result'], DURATIONS);
    this.delays = metrics.histogram('webhook_delay_seconds', 'From the making of a delivery to its arrival', [], DELAYS);
    this.disabled = metrics.counter('webhooks_disabled_total', 'Webhooks that were disabled because they failed', ['reason']);
  }

  attempted({ durationMs, error }: Attempt): void {
    const labels = { result: error ?? 'delivered' };
    this.attempts.add(1, labels);
    this.durations.observe(durationMs / 1_000, labels);
  }

  delivered({ delayMs }: { delayMs: number }): void {
    this.deliveries.add(1, { outcome: 'delivered' });
    this.delays.observe(Math.max(0, delayMs) / 1_000, {});
  }

  died(sent: Sent, reason: DeathReason): void {
    this.deliveries.add(1, { outcome: 'dead' });
    this.logger.warn({ ...sent, reason }, 'a webhook delivery is dead');
  }

  /** The webhook has as many deliveries waiting as it may have. */
  dropped(tenant: string, webhook: string, events: number): void {
    this.deliveries.add(events, { outcome: 'dropped' });
    this.logger.warn({ tenant, webhook, events }, 'events were dropped: too many deliveries of the webhook wait');
  }

  webhookDisabled(tenant: string, webhook: string, reason: string): void {
    this.disabled.add(1, { reason });
    this.logger.warn({ tenant, webhook, reason }, 'a webhook was disabled');
  }

  /** Another process took the delivery up, because this one was too slow: it is sent twice. */
  leaseLost(sent: Sent): void {
    this.logger.warn(sent, 'a webhook delivery was taken up by another process');
  }

  workFailed(work: string, err: unknown): void {
    this.logger[isTransientDatabaseError(err) ? 'warn' : 'error']({ err, work }, 'will be tried again');
  }
}

/** What all blocks report to. */
export const telemetry = defineBlock({
  name: 'telemetry',
  build: ({ logger, metrics }) => new WebhookTelemetry(logger, metrics),
});
