import { randomUUID } from 'node:crypto';
import { CsmsError, NO_STATION, stationKey } from '@voltbus/contracts';
import type { Webhook, Webhooks } from '../webhooks';
import { structured } from './cloud-event-body';
import { BACKLOG_LIMITS, MAX_PENDING_TESTS, MAX_REPLAYED } from './domain/delivery-limits';
import { deliveryTimes } from './domain/retries';
import type { StoredDelivery } from './store/delivery-row';
import type { TypeormDeliveries } from './store/typeorm-deliveries';

interface ReplaysParts {
  store: TypeormDeliveries;
  webhooks: Webhooks;
  now(): Date;
  /** `source` of test events. */
  source: string;
  /** Where a sender is in the process. */
  wakeSender(): void;
}

type ShownDelivery = StoredDelivery & { body: string | null };

const TEST_TYPE = 'voltbus.webhook.test';

/** Sends what an operator asks for: a test, a delivery once more, dead letters. */
export class Replays {
  constructor(private readonly parts: ReplaysParts) {}

  /** Queues an event that says nothing. It is sent to a disabled webhook too, once. Its outcome is shown in the delivery. */
  async test(tenant: string, name: string): Promise<ShownDelivery> {
    const webhook = await this.webhook(tenant, name);
    const { store, now, wakeSender } = this.parts;
    const times = deliveryTimes(now());
    const [id, eventTime] = [randomUUID(), times.at.toISOString()];
    const about = { id, source: this.parts.source, type: TEST_TYPE, time: eventTime };
    const subject = stationKey({ tenant, station: NO_STATION });
    const body = structured({ ...about, subject, tenantid: tenant }, JSON.stringify({ webhook: name }));
    const bytes = Buffer.byteLength(body);
    const delivery = { webhookId: webhook.id, tenant, id, station: '', eventId: id, eventType: TEST_TYPE, eventTime, body, bytes };
    if (!(await store.addTest(delivery, times)))
      throw new CsmsError('too-many-requests', `${MAX_PENDING_TESTS} tests of the webhook wait already`);
    wakeSender();
    return this.delivery(webhook, id);
  }

  /** Sends a delivery once more, whether it is dead or was delivered; one that waits is tried at once. */
  async replay(tenant: string, name: string, id: string): Promise<ShownDelivery> {
    const webhook = await this.webhook(tenant, name);
    const refusal = await this.parts.store.replay(webhook.id, id, deliveryTimes(this.parts.now()));
    if (refusal === 'not-found') throw new CsmsError('not-found', 'no such delivery');
    if (refusal === 'no-body') throw new CsmsError('conflict', 'the event is too large for webhooks: read it from the API');
    if (refusal === 'full') throw new CsmsError('conflict', `${BACKLOG_LIMITS.pending} deliveries of the webhook wait already`);
    this.parts.wakeSender();
    return this.delivery(webhook, id);
  }

  /** Sends dead letters made in this time once more, the oldest first. `more`: there may be others. */
  async replayDead(tenant: string, name: string, { from, to }: { from: Date; to: Date }): Promise<{ replayed: number; more: boolean }> {
    const webhook = await this.webhook(tenant, name);
    const replayed = await this.parts.store.replayDead(webhook.id, { from, to, limit: MAX_REPLAYED }, deliveryTimes(this.parts.now()));
    this.parts.wakeSender();
    return { replayed, more: replayed === MAX_REPLAYED };
  }

  /** Rejects where there is none. */
  async delivery({ id: webhookId }: Pick<Webhook, 'id'>, id: string): Promise<ShownDelivery> {
    const delivery = await this.parts.store.find(webhookId, id);
    if (delivery === null) throw new CsmsError('not-found', 'no such delivery');
    return delivery;
  }

  /** Rejects where there is none. */
  webhook(tenant: string, name: string): Promise<Webhook> {
    return this.parts.webhooks.find(tenant, name);
  }
}
