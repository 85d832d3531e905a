import type { DataSource } from 'typeorm';
import { releaseQueues } from '../../webhooks';

/** How webhooks do, as their attempts show. Each change stands alone: an attempt that a crash leaves out is made up for by the next one. */
export class TypeormWebhookHealth {
  constructor(private readonly dataSource: DataSource) {}

  /** An attempt succeeded. Where the webhook had failed since before `longBefore`, whatever waits for its next attempt is due. */
  async succeeded(id: string, { now, longBefore }: { now: Date; longBefore: Date }): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const rows: { failing_since: Date }[] = await manager.query(
        'SELECT failing_since FROM webhooks.webhooks WHERE id = $1 AND failing_since IS NOT NULL FOR UPDATE',
        [id],
      );
      const [row] = rows;
      if (row === undefined) return;
      await manager.query('UPDATE webhooks.webhooks SET failing_since = NULL WHERE id = $1', [id]);
      if (row.failing_since <= longBefore) await releaseQueues(manager, id, now);
    });
  }

  /** An attempt failed. True: the webhook had failed since before `tooLongBefore`, and is disabled. */
  async failed(id: string, { now, tooLongBefore }: { now: Date; tooLongBefore: Date }): Promise<boolean> {
    await this.dataSource.query('UPDATE webhooks.webhooks SET failing_since = $2 WHERE id = $1 AND failing_since IS NULL', [id, now]);
    return this.disable(id, 'failing', now, 'failing_since <= $4', [tooLongBefore]);
  }

  /** The receiver wants no more. False: it was disabled before. */
  gone(id: string, now: Date): Promise<boolean> {
    return this.disable(id, 'gone', now);
  }

  private async disable(id: string, reason: 'failing' | 'gone', now: Date, condition = 'true', values: unknown[] = []): Promise<boolean> {
    const [, count]: [unknown, number] = await this.dataSource.query(
      `UPDATE webhooks.webhooks SET enabled = false, disabled_reason = $2, disabled_at = $3 WHERE id = $1 AND enabled AND ${condition}`,
      [id, reason, now, ...values],
    );
    return count > 0;
  }
}
