import type { DataSource, EntityManager } from 'typeorm';
import type { SealedSecret } from '../../webhooks';
import { ownerOf } from '../../webhooks';
import type { Attempt, Verdict } from '../domain/delivery';
import { MAX_KEPT_ATTEMPTS } from '../domain/delivery-limits';

/** A webhook of which something is due, as it is sent to. */
export interface DueWebhook {
  id: string;
  tenant: string;
  webhook: string;
  url: string;
  failingSince: Date | null;
  /** Those that are valid, the current one first. */
  secrets: readonly SealedSecret[];
  /** False: only its tests are sent. */
  enabled: boolean;
}

/** The first delivery of a queue, which nobody else has in hand while the lease holds. */
export interface ClaimedDelivery {
  webhookId: string;
  /** Of the queue; empty: the queue of tests. */
  station: string;
  lease: string;
  id: string;
  body: string;
  tries: number;
  attempts: readonly Attempt[];
  createdAt: Date;
  giveUpAt: Date;
}

interface DueRow {
  id: string;
  tenant: string;
  webhook: string;
  url: string;
  enabled: boolean;
  failing_since: Date | null;
  secret: Buffer;
  previous_secret: Buffer | null;
}

interface ClaimedRow {
  station: string;
  id: string | null;
  body: string;
  tries: number;
  attempts: Attempt[];
  created_at: Date;
  give_up_at: Date;
}

interface DueRequest {
  now: Date;
  failingBefore: Date;
  without: readonly string[];
}

interface ClaimRequest {
  webhook: Pick<DueWebhook, 'id' | 'enabled'>;
  /** Unique: it is the right to record the outcome. */
  lease: string;
  now: Date;
  until: Date;
  limit: number;
}

/** Webhooks that are looked at in one turn; those that wait longest come first. */
const LOOKED_AT = 500;

/** The queues of stations at webhooks, and the deliveries at their heads. */
export class TypeormQueues {
  constructor(private readonly dataSource: DataSource) {}

  /** Webhooks of which something is due, without those that are named; those that have failed since before `failingBefore` come last. */
  async due({ now, failingBefore, without }: DueRequest): Promise<DueWebhook[]> {
    const rows: DueRow[] = await this.dataSource.query(
      `SELECT w.id, w.tenant, w.webhook, w.url, w.enabled, w.failing_since, w.secret,
         CASE WHEN w.previous_until > $1 THEN w.previous_secret END AS previous_secret
       FROM webhooks.webhooks w CROSS JOIN LATERAL (
         SELECT due_at FROM webhooks.queues q WHERE q.webhook_id = w.id AND q.due_at <= $1 AND (w.enabled OR q.station = '') ORDER BY due_at LIMIT 1) AS first
       WHERE w.deleted_at IS NULL AND NOT w.id = ANY ($2::uuid[]) ORDER BY coalesce(w.failing_since <= $3, false), first.due_at LIMIT ${LOOKED_AT}`,
      [now, without, failingBefore],
    );
    return rows.map(({ failing_since, secret, previous_secret, ...row }) => {
      const sealed = [secret, ...(previous_secret === null ? [] : [previous_secret])];
      const owner = ownerOf(row.tenant, row.id);
      return { ...row, failingSince: failing_since, secrets: sealed.map((one) => ({ owner, sealed: one })) };
    });
  }

  /** Leases queues that are due. After `until` they are due again, for whoever comes. */
  async claim({ webhook, lease, now, until, limit }: ClaimRequest): Promise<ClaimedDelivery[]> {
    const rows: ClaimedRow[] = await this.dataSource.query(
      `WITH claimed AS (
         UPDATE webhooks.queues SET due_at = $3, lease = $4 WHERE webhook_id = $1 AND station IN (
           SELECT station FROM webhooks.queues WHERE webhook_id = $1 AND due_at <= $2 AND ($6 OR station = '')
           ORDER BY due_at LIMIT $5 FOR UPDATE SKIP LOCKED)
         RETURNING station)
       SELECT claimed.station, head.* FROM claimed LEFT JOIN LATERAL (
         SELECT id, body, tries, attempts, created_at, give_up_at FROM webhooks.deliveries d
         WHERE d.webhook_id = $1 AND d.station = claimed.station AND d.state = 'pending' ORDER BY seq LIMIT 1) AS head ON true`,
      [webhook.id, now, until, lease, limit, webhook.enabled],
    );
    const [empty, full] = [rows.filter(({ id }) => id === null), rows.filter(({ id }) => id !== null)];
    for (const { station } of empty)
      await this.dataSource.transaction((manager) => settle(manager, { webhookId: webhook.id, station, lease }, now));
    return full.map(({ station, id, body, tries, attempts, created_at, give_up_at }) => ({
      ...{ webhookId: webhook.id, station, lease, id: id ?? '', body, tries, attempts },
      ...{ createdAt: created_at, giveUpAt: give_up_at },
    }));
  }

  /** Records an attempt and what follows from it. False: the lease was lost, and nothing is recorded. */
  record(claimed: ClaimedDelivery, attempt: Attempt, verdict: Verdict, now: Date): Promise<boolean> {
    return this.dataSource.transaction(async (manager) => {
      if (!(await holds(manager, claimed))) return false;
      const attempts = [...claimed.attempts, attempt].slice(-MAX_KEPT_ATTEMPTS);
      await manager.query(
        `UPDATE webhooks.deliveries SET attempts = $3::jsonb, tries = tries + 1, state = $4, reason = $5, ended_at = $6
         WHERE webhook_id = $1 AND id = $2`,
        [
          ...[claimed.webhookId, claimed.id, JSON.stringify(attempts), verdict.state],
          ...[verdict.state === 'dead' ? verdict.reason : null, verdict.state === 'pending' ? null : now],
        ],
      );
      if (verdict.state === 'pending') await setDue(manager, claimed, verdict.nextAt);
      else await settle(manager, claimed, now);
      return true;
    });
  }

  /** Gives a lease back; the queue is due at once. */
  async release(claimed: ClaimedDelivery, now: Date): Promise<void> {
    await setDue(this.dataSource.manager, claimed, now);
  }
}

type Lease = Pick<ClaimedDelivery, 'webhookId' | 'station' | 'lease'>;

async function holds(manager: EntityManager, { webhookId, station, lease }: Lease): Promise<boolean> {
  const rows: unknown[] = await manager.query(
    'SELECT 1 FROM webhooks.queues WHERE webhook_id = $1 AND station = $2 AND lease = $3 FOR UPDATE',
    [webhookId, station, lease],
  );
  return rows.length > 0;
}

async function setDue(manager: EntityManager, { webhookId, station, lease }: Lease, at: Date): Promise<void> {
  await manager.query('UPDATE webhooks.queues SET due_at = $4, lease = NULL WHERE webhook_id = $1 AND station = $2 AND lease = $3', [
    webhookId,
    station,
    lease,
    at,
  ]);
}

/** The next delivery of the queue is due, or the queue goes. The lock of the row comes first, so that no delivery is added in between. */
async function settle(manager: EntityManager, queue: Lease, now: Date): Promise<void> {
  if (!(await holds(manager, queue))) return;
  const [next] = await manager.query<unknown[]>(
    "SELECT 1 FROM webhooks.deliveries WHERE webhook_id = $1 AND station = $2 AND state = 'pending' LIMIT 1",
    [queue.webhookId, queue.station],
  );
  if (next !== undefined) await setDue(manager, queue, now);
  else await manager.query('DELETE FROM webhooks.queues WHERE webhook_id = $1 AND station = $2', [queue.webhookId, queue.station]);
}
