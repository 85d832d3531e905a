import { NO_STATION } from '@voltbus/contracts';
import { TypeormList, lockStation, shownAs, type ListSource } from '@voltbus/database';
import type { DataSource, EntityManager } from 'typeorm';
import { MAX_WEBHOOKS, type Webhook, type WebhookTerms } from '../domain/webhook';
import { WEBHOOK_LIST, type WebhookFilters, type WebhookSort } from './typeorm-webhook-list';
import { WEBHOOK_COLUMNS, toWebhook, type WebhookRow } from './webhook-row';

interface NewWebhook extends WebhookTerms {
  tenant: string;
  webhook: string;
  id: string;
  sealed: Buffer;
}

/** The webhooks of tenants. Changes of one tenant's webhooks come one after the other. */
export class TypeormWebhooks {
  private readonly listed: TypeormList<WebhookRow, WebhookFilters, WebhookSort>;

  constructor(private readonly dataSource: DataSource) {
    this.listed = new TypeormList(dataSource, WEBHOOK_LIST);
  }

  async find(tenant: string, webhook: string): Promise<Webhook | null> {
    return first(await select(this.dataSource.manager, 'tenant = $1 AND webhook = $2', [tenant, webhook]));
  }

  list(tenant: string): ListSource<Webhook, WebhookFilters, WebhookSort> {
    return shownAs(this.listed.of(tenant), (rows) => rows.map(toWebhook));
  }

  /** Does several things to the webhooks of a tenant at once, while no other request changes them. */
  changing<T>(tenant: string, change: (unit: WebhooksUnit) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      await lockStation(manager, { tenant, station: NO_STATION });
      return change(new WebhooksUnit(manager, tenant));
    });
  }

  /** How many deliveries of each webhook wait, by its id. */
  async pending(ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const rows: { id: string; pending: string }[] = await this.dataSource.query(
      `SELECT webhook_id AS id, count(*) AS pending FROM webhooks.deliveries WHERE webhook_id = ANY ($1::uuid[]) AND state = 'pending' GROUP BY webhook_id`,
      [ids],
    );
    return new Map(rows.map(({ id, pending }) => [id, Number(pending)]));
  }

  async removeAll(tenant: string, at: Date): Promise<void> {
    await this.dataSource.query('UPDATE webhooks.webhooks SET deleted_at = $2 WHERE tenant = $1 AND deleted_at IS NULL', [tenant, at]);
  }
}

/** The webhooks of one tenant within a transaction. */
export class WebhooksUnit {
  constructor(
    private readonly manager: EntityManager,
    private readonly tenant: string,
  ) {}

  async find(webhook: string): Promise<Webhook | null> {
    return first(await select(this.manager, 'tenant = $1 AND webhook = $2 FOR UPDATE', [this.tenant, webhook]));
  }

  async isFull(): Promise<boolean> {
    const [row] = await this.manager.query<{ count: string }[]>(
      'SELECT count(*) FROM webhooks.webhooks WHERE tenant = $1 AND deleted_at IS NULL',
      [this.tenant],
    );
    return Number(row?.count) >= MAX_WEBHOOKS;
  }

  async add({ webhook, id, url, events, description, enabled, sealed }: NewWebhook, at: Date): Promise<void> {
    await this.manager.query(
      `INSERT INTO webhooks.webhooks (id, tenant, webhook, url, events, description, enabled, disabled_reason, disabled_at, secret, secret_issued_at,
         created_at, updated_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, CASE WHEN $7 THEN NULL ELSE 'operator' END, CASE WHEN $7 THEN NULL ELSE $9::timestamptz END, $8, $9, $9, $9)`,
      [id, this.tenant, webhook, url, [...events], description, enabled, sealed, at],
    );
  }

  /** A webhook that is enabled again begins anew: it is not failing, and whatever waits is due. */
  async update(id: string, { url, events, description, enabled }: WebhookTerms, at: Date): Promise<void> {
    await this.manager.query(
      `UPDATE webhooks.webhooks SET url = $2, events = $3, description = $4, enabled = $5, updated_at = $6,
         failing_since = CASE WHEN $5 AND enabled THEN failing_since END,
         disabled_reason = CASE WHEN $5 THEN NULL ELSE coalesce(disabled_reason, 'operator') END,
         disabled_at = CASE WHEN $5 THEN NULL ELSE coalesce(disabled_at, $6) END
       WHERE id = $1`,
      [id, url, [...events], description, enabled, at],
    );
    if (enabled) await releaseQueues(this.manager, id, at);
  }

  /** The secret that was valid until now is valid until `previousUntil`; one before it ends. */
  async replaceSecret(id: string, sealed: Buffer, { at, previousUntil }: { at: Date; previousUntil: Date }): Promise<void> {
    await this.manager.query(
      'UPDATE webhooks.webhooks SET previous_secret = secret, previous_until = $3, secret = $2, secret_issued_at = $4 WHERE id = $1',
      [id, sealed, previousUntil, at],
    );
  }

  async remove(id: string, at: Date): Promise<void> {
    await this.manager.query('UPDATE webhooks.webhooks SET deleted_at = $2 WHERE id = $1', [id, at]);
  }
}

/** Makes due whatever waits for its next attempt at a webhook; what is under way is left alone. */
export async function releaseQueues(manager: Pick<EntityManager, 'query'>, webhookId: string, now: Date): Promise<void> {
  await manager.query(
    `UPDATE webhooks.queues SET due_at = $2 WHERE webhook_id = $1 AND station IN (
       SELECT station FROM webhooks.queues WHERE webhook_id = $1 AND due_at > $2 AND lease IS NULL ORDER BY station FOR UPDATE SKIP LOCKED)`,
    [webhookId, now],
  );
}

async function select(manager: EntityManager, condition: string, values: unknown[]): Promise<Webhook[]> {
  const rows: WebhookRow[] = await manager.query(
    `SELECT ${WEBHOOK_COLUMNS} FROM webhooks.webhooks WHERE deleted_at IS NULL AND ${condition}`,
    values,
  );
  return rows.map(toWebhook);
}

function first(webhooks: readonly Webhook[]): Webhook | null {
  return webhooks[0] ?? null;
}
