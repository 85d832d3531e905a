import { TypeormList, shownAs, type ListSource } from '@voltbus/database';
import type { DataSource, EntityManager } from 'typeorm';
import type { DeliveryState } from '../domain/delivery';
import { BACKLOG_LIMITS, MAX_PENDING_TESTS } from '../domain/delivery-limits';
import type { DeliveryTimes } from '../domain/retries';
import { DELIVERY_COLUMNS, toDelivery, type DeliveryRow, type StoredDelivery } from './delivery-row';
import { DELIVERY_LIST, type DeliveryFilters, type DeliverySort } from './typeorm-delivery-list';
import { backlogOf, insertDeliveries, openQueues, type NewDelivery } from './typeorm-recorded-events';

/** Why a delivery is not replayed. */
type ReplayRefusal = 'not-found' | 'no-body' | 'full';

/** A part of the dead letters of a webhook, by the time at which they were made. */
interface DeadRange {
  from: Date;
  to: Date;
  limit: number;
}

/** Deliveries as they are shown, tested and replayed. */
export class TypeormDeliveries {
  private readonly listed: TypeormList<DeliveryRow, DeliveryFilters, DeliverySort>;

  constructor(private readonly dataSource: DataSource) {
    this.listed = new TypeormList(dataSource, DELIVERY_LIST);
  }

  list(webhookId: string): ListSource<StoredDelivery, DeliveryFilters, DeliverySort> {
    return shownAs(this.listed.of(webhookId), (rows) => rows.map(toDelivery));
  }

  async find(webhookId: string, id: string): Promise<(StoredDelivery & { body: string | null }) | null> {
    const rows: (DeliveryRow & { body: string | null })[] = await this.dataSource.query(
      `SELECT ${DELIVERY_COLUMNS}, body FROM webhooks.deliveries d WHERE webhook_id = $1 AND id = $2`,
      [webhookId, id],
    );
    const [row] = rows;
    return row === undefined ? null : { ...toDelivery(row), body: row.body };
  }

  /** Adds a test. False: too many wait. */
  addTest(delivery: NewDelivery, times: DeliveryTimes): Promise<boolean> {
    return this.locked(delivery.webhookId, async (manager) => {
      const waiting: unknown[] = await manager.query(
        "SELECT 1 FROM webhooks.deliveries WHERE webhook_id = $1 AND station = '' AND state = 'pending' LIMIT $2",
        [delivery.webhookId, MAX_PENDING_TESTS],
      );
      if (waiting.length >= MAX_PENDING_TESTS) return false;
      await insertDeliveries(manager, [delivery], times);
      await openQueues(manager, delivery.webhookId, [delivery], times.at);
      return true;
    });
  }

  /** Makes one delivery wait again, in its old place among those of its station; one that waits already is due at once. Null: done. */
  replay(webhookId: string, id: string, times: DeliveryTimes): Promise<ReplayRefusal | null> {
    return this.locked(webhookId, async (manager) => {
      const [row] = (await manager.query(
        'SELECT tenant, station, state, body IS NULL AS "noBody" FROM webhooks.deliveries WHERE webhook_id = $1 AND id = $2 FOR UPDATE',
        [webhookId, id],
      )) as (Replayed & { state: DeliveryState; noBody: boolean })[];
      if (row === undefined) return 'not-found';
      if (row.noBody) return 'no-body';
      if (row.state !== 'pending') {
        if ((await roomOf(manager, webhookId)) <= 0) return 'full';
        await waitAgain(manager, webhookId, [id], times);
      }
      await dueNow(manager, webhookId, [row], times.at);
      return null;
    });
  }

  /** Makes dead letters wait again, the oldest first; those without a body stay. The number of them. */
  replayDead(webhookId: string, { from, to, limit }: DeadRange, times: DeliveryTimes): Promise<number> {
    return this.locked(webhookId, async (manager) => {
      const room = await roomOf(manager, webhookId);
      const rows: (Replayed & { id: string })[] = await manager.query(
        `SELECT id, tenant, station FROM webhooks.deliveries
         WHERE webhook_id = $1 AND state = 'dead' AND created_at >= $2 AND created_at < $3 AND body IS NOT NULL AND station <> ''
         ORDER BY created_at, id LIMIT $4 FOR UPDATE`,
        [webhookId, from, to, Math.max(0, Math.min(limit, room))],
      );
      await waitAgain(
        manager,
        webhookId,
        rows.map(({ id }) => id),
        times,
      );
      await dueNow(manager, webhookId, rows, times.at);
      return rows.length;
    });
  }

  /** Removes a part of what deleted webhooks have left, and those of which nothing is left. A webhook of a deleted tenant was made while that was deleted. */
  async removeDeleted(limit: number): Promise<{ removed: number; more: boolean }> {
    await this.dataSource.query(
      'UPDATE webhooks.webhooks SET deleted_at = now() WHERE deleted_at IS NULL AND tenant IN (SELECT tenant FROM webhooks.deleted_tenants)',
    );
    const deleted = 'SELECT id FROM webhooks.webhooks WHERE deleted_at IS NOT NULL';
    await this.dataSource.query(`DELETE FROM webhooks.queues WHERE webhook_id IN (${deleted})`);
    const [, removed]: [unknown, number] = await this.dataSource.query(
      `DELETE FROM webhooks.deliveries WHERE ctid = ANY (ARRAY(SELECT ctid FROM webhooks.deliveries WHERE webhook_id IN (${deleted}) LIMIT $1))`,
      [limit],
    );
    await this.dataSource.query(
      `DELETE FROM webhooks.webhooks w WHERE deleted_at IS NOT NULL AND NOT EXISTS (SELECT FROM webhooks.deliveries d WHERE d.webhook_id = w.id)`,
    );
    return { removed, more: removed === limit };
  }

  /** While no other request tests or replays the webhook's deliveries, and it is not deleted. */
  private locked<T>(webhookId: string, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      await manager.query('SELECT 1 FROM webhooks.webhooks WHERE id = $1 FOR NO KEY UPDATE', [webhookId]);
      return work(manager);
    });
  }
}

interface Replayed {
  tenant: string;
  station: string;
}

async function roomOf(manager: EntityManager, webhookId: string): Promise<number> {
  const { pending } = await backlogOf(manager, webhookId, BACKLOG_LIMITS.pending);
  return BACKLOG_LIMITS.pending - pending;
}

async function waitAgain(manager: EntityManager, webhookId: string, ids: readonly string[], { giveUpAt }: DeliveryTimes): Promise<void> {
  await manager.query(
    `UPDATE webhooks.deliveries SET state = 'pending', reason = NULL, tries = 0, replays = replays + 1, give_up_at = $3, ended_at = NULL
     WHERE webhook_id = $1 AND id = ANY ($2::uuid[])`,
    [webhookId, ids, giveUpAt],
  );
}

async function dueNow(manager: EntityManager, webhookId: string, replayed: readonly Replayed[], at: Date): Promise<void> {
  await openQueues(manager, webhookId, replayed, at);
  await manager.query(
    `UPDATE webhooks.queues SET due_at = $3 WHERE webhook_id = $1 AND station = ANY ($2) AND due_at > $3 AND lease IS NULL`,
    [webhookId, replayed.map(({ station }) => station), at],
  );
}
