import type { DataSource, EntityManager } from 'typeorm';
import { BACKLOG_LIMITS, type BacklogLimits } from '../domain/delivery-limits';
import type { DeliveryTimes } from '../domain/retries';

/** A webhook that is enabled, and the events it is sent. */
export interface Subscriber {
  id: string;
  tenant: string;
  webhook: string;
  events: readonly string[];
}

export interface NewDelivery {
  webhookId: string;
  tenant: string;
  id: string;
  station: string;
  eventId: string;
  eventType: string;
  eventTime: string;
  /** Null: it is too large, and is a dead letter from the beginning. */
  body: string | null;
  bytes: number;
}

/** What became of the events for one webhook. */
interface Recorded {
  webhookId: string;
  added: number;
  dropped: number;
}

/** Turns events into deliveries that wait. */
export class TypeormRecordedEvents {
  constructor(
    private readonly dataSource: DataSource,
    private readonly limits: BacklogLimits = BACKLOG_LIMITS,
  ) {}

  /** The enabled webhooks of these tenants. */
  subscribers(tenants: readonly string[]): Promise<Subscriber[]> {
    return this.dataSource.query(
      'SELECT id, tenant, webhook, events FROM webhooks.webhooks WHERE tenant = ANY ($1) AND enabled AND deleted_at IS NULL',
      [tenants],
    );
  }

  /** Adds deliveries in their order, each once, as far as their webhooks have room for them. All of them or none. */
  add(deliveries: readonly NewDelivery[], times: DeliveryTimes): Promise<Recorded[]> {
    const byWebhook = groupByWebhook(deliveries);
    return this.dataSource.transaction(async (manager) => {
      const recorded: Recorded[] = [];
      // in one order everywhere, so that no two transactions wait for each other
      for (const webhookId of [...byWebhook.keys()].sort())
        recorded.push(await addTo(manager, { webhookId, deliveries: byWebhook.get(webhookId) ?? [], times, limits: this.limits }));
      return recorded;
    });
  }
}

function groupByWebhook(deliveries: readonly NewDelivery[]): Map<string, NewDelivery[]> {
  const groups = new Map<string, NewDelivery[]>();
  for (const delivery of deliveries) groups.set(delivery.webhookId, [...(groups.get(delivery.webhookId) ?? []), delivery]);
  return groups;
}

interface Addition {
  webhookId: string;
  deliveries: readonly NewDelivery[];
  times: DeliveryTimes;
  limits: BacklogLimits;
}

async function addTo(manager: EntityManager, { webhookId, deliveries: all, times, limits }: Addition): Promise<Recorded> {
  // deleted meanwhile: there is nothing to add to; and until the end of the transaction it is not removed
  const [there] = await manager.query<unknown[]>('SELECT 1 FROM webhooks.webhooks WHERE id = $1 AND deleted_at IS NULL FOR KEY SHARE', [
    webhookId,
  ]);
  if (there === undefined) return { webhookId, added: 0, dropped: 0 };
  const known = await knownIds(manager, webhookId, all);
  const unknown = all.filter(({ id }) => !known.has(id));
  const fitting = fit(unknown, await backlogOf(manager, webhookId, limits.pending), limits);
  if (fitting.length > 0) await insertDeliveries(manager, fitting, times);
  await openQueues(
    manager,
    webhookId,
    fitting.filter(({ body }) => body !== null),
    times.at,
  );
  const dropped = unknown.length - fitting.length;
  if (dropped > 0)
    await manager.query('UPDATE webhooks.webhooks SET dropped = dropped + $2, last_dropped_at = $3 WHERE id = $1', [
      webhookId,
      dropped,
      times.at,
    ]);
  return { webhookId, added: fitting.length, dropped };
}

/** Those for which there is room. After the first one that is dropped nothing is added: what follows would be there without it. */
function fit(deliveries: readonly NewDelivery[], backlog: BacklogLimits, limits: BacklogLimits): NewDelivery[] {
  let { pending, bytes } = backlog;
  const end = deliveries.findIndex((delivery) => {
    pending += 1;
    bytes += delivery.bytes;
    return pending > limits.pending || bytes > limits.bytes;
  });
  return end === -1 ? [...deliveries] : deliveries.slice(0, end);
}

/** What waits: by an index alone, and counted no further than the bound. */
export async function backlogOf(manager: Pick<EntityManager, 'query'>, webhookId: string, most: number): Promise<BacklogLimits> {
  const [row] = (await manager.query(
    `SELECT count(*) AS pending, coalesce(sum(bytes), 0) AS bytes
     FROM (SELECT bytes FROM webhooks.deliveries WHERE webhook_id = $1 AND state = 'pending' LIMIT $2) AS waiting`,
    [webhookId, most],
  )) as { pending: string; bytes: string }[];
  return { pending: Number(row?.pending), bytes: Number(row?.bytes) };
}

async function knownIds(manager: EntityManager, webhookId: string, deliveries: readonly NewDelivery[]): Promise<ReadonlySet<string>> {
  const rows: { id: string }[] = await manager.query('SELECT id FROM webhooks.deliveries WHERE webhook_id = $1 AND id = ANY ($2::uuid[])', [
    webhookId,
    deliveries.map(({ id }) => id),
  ]);
  return new Set(rows.map(({ id }) => id));
}

/** Adds deliveries for which there is room. `seq` is given in the order of the list. */
export async function insertDeliveries(
  manager: EntityManager,
  deliveries: readonly NewDelivery[],
  { at, giveUpAt }: DeliveryTimes,
): Promise<void> {
  const column = (name: keyof NewDelivery) => deliveries.map((delivery) => delivery[name]);
  await manager.query(
    `INSERT INTO webhooks.deliveries (webhook_id, tenant, id, station, event_id, event_type, event_time, body, bytes, state, reason, created_at,
       give_up_at, ended_at)
     SELECT webhook_id, tenant, id, station, event_id, event_type, event_time, body, bytes,
       CASE WHEN body IS NULL THEN 'dead' ELSE 'pending' END, CASE WHEN body IS NULL THEN 'too-large' END, $10::timestamptz, $11::timestamptz,
       CASE WHEN body IS NULL THEN $10::timestamptz END
     FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::text[], $9::int[])
       WITH ORDINALITY AS new (webhook_id, tenant, id, station, event_id, event_type, event_time, body, bytes, position)
     ORDER BY position ON CONFLICT DO NOTHING`,
    [
      ...[column('webhookId'), column('tenant'), column('id'), column('station'), column('eventId'), column('eventType')],
      ...[column('eventTime'), column('body'), column('bytes'), at, giveUpAt],
    ],
  );
}

/**
 * Sees to it that each delivery has a queue. The row is locked even where it is there: a sender that has just found the queue empty, and removes it, waits for
 * this transaction or is waited for.
 */
export async function openQueues(
  manager: Pick<EntityManager, 'query'>,
  webhookId: string,
  deliveries: readonly { tenant: string; station: string }[],
  at: Date,
): Promise<void> {
  const stations = new Map(deliveries.map(({ tenant, station }) => [station, tenant]));
  if (stations.size === 0) return;
  const names = [...stations.keys()].sort();
  await manager.query(
    `INSERT INTO webhooks.queues (webhook_id, station, tenant, due_at) SELECT $1, station, tenant, $4::timestamptz
     FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS new (station, tenant, position) ORDER BY position
     ON CONFLICT (webhook_id, station) DO UPDATE SET tenant = excluded.tenant`,
    [webhookId, names, names.map((station) => stations.get(station)), at],
  );
}
