import type { Metrics } from '@voltbus/telemetry';
import type { DataSource } from 'typeorm';

/** How often it is counted. */
export const MEASURE_MS = 15_000;

/** What waits for webhooks, for the metrics. Every process of the service counts all of it. */
export class TypeormWebhookBacklog {
  private counted = { pending: 0, oldestSeconds: 0, overdueSeconds: 0, failing: 0, disabled: 0 };

  constructor(
    private readonly dataSource: DataSource,
    metrics: Metrics,
  ) {
    metrics.gauge('webhook_pending', 'Deliveries that wait, as counted every few seconds', [], () => this.counted.pending);
    metrics.gauge(
      'webhook_oldest_seconds',
      'Age of the oldest delivery that waits for an enabled webhook',
      [],
      () => this.counted.oldestSeconds,
    );
    metrics.gauge(
      'webhook_overdue_seconds',
      'How long a queue of a webhook that does not fail has been due at most: how far the senders are behind',
      [],
      () => this.counted.overdueSeconds,
    );
    metrics.gauge('webhooks_failing', 'Enabled webhooks whose last attempt failed', [], () => this.counted.failing);
    metrics.gauge('webhooks_disabled', 'Webhooks that were disabled because they failed', [], () => this.counted.disabled);
  }

  async measure(now: Date): Promise<void> {
    const [row] = await this.dataSource.query<
      { pending: string; oldest: Date | null; due: Date | null; failing: string; disabled: string }[]
    >(
      `SELECT (SELECT count(*) FROM webhooks.deliveries WHERE state = 'pending') AS pending,
         (SELECT d.created_at FROM webhooks.deliveries d JOIN webhooks.webhooks w ON w.id = d.webhook_id
          WHERE d.state = 'pending' AND w.enabled AND w.deleted_at IS NULL ORDER BY d.created_at LIMIT 1) AS oldest,
         (SELECT min(q.due_at) FROM webhooks.queues q JOIN webhooks.webhooks w ON w.id = q.webhook_id
          WHERE q.lease IS NULL AND w.enabled AND w.failing_since IS NULL AND w.deleted_at IS NULL) AS due,
         count(*) FILTER (WHERE enabled AND failing_since IS NOT NULL) AS failing,
         count(*) FILTER (WHERE disabled_reason IN ('failing', 'gone')) AS disabled
       FROM webhooks.webhooks WHERE deleted_at IS NULL`,
    );
    if (row === undefined) return;
    this.counted = {
      pending: Number(row.pending),
      oldestSeconds: secondsSince(row.oldest, now),
      overdueSeconds: secondsSince(row.due, now),
      failing: Number(row.failing),
      disabled: Number(row.disabled),
    };
  }
}

function secondsSince(at: Date | null, now: Date): number {
  return at === null ? 0 : Math.max(0, (now.getTime() - at.getTime()) / 1_000);
}
