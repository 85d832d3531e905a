import { troubleOf, type Bus, type BusRecord, type Subscription } from '@voltbus/bus';
import { STATIONS, TENANTS, TRANSACTIONS, fromCloudEventHeaders } from '@voltbus/contracts';
import { RETENTION_INTERVAL_MS } from '@voltbus/database';
import { Scheduler } from '@voltbus/runtime';
import { onStationGrouped } from './events/on-station-grouped';
import { onTenantChanged } from './events/on-tenant-changed';
import { onTransactionEnded } from './events/on-transaction-ended';
import { NeighboursNews } from './neighbours-news';
import { HELD_INTERVAL_MS } from './review/held-gauge';
import type { Service } from './wiring';

/** Consumer group of everything this service reads. */
const GROUP = 'cdr';

/** Settles what has ended and relays the outbox. */
export class CdrWorker {
  private readonly subscriptions: Subscription[] = [];

  private readonly chores;

  constructor(private readonly parts: { service: Service; bus: Bus }) {
    this.chores = new Scheduler((name, error) => parts.service.telemetry.workFailed(name, error));
  }

  async start(): Promise<void> {
    const { service, bus } = this.parts;
    service.relay.start();
    const tenants = onTenantChanged(service.tariffs, service.reviewStore);
    const grouped = onStationGrouped(service.assignments);
    const isEnd = (record: BusRecord): boolean => fromCloudEventHeaders(record.headers).type === 'voltbus.transaction.ended';
    // Subscriptions of their own: a transaction that waits for its tenant's terms must not hold up the tenants.
    this.subscriptions.push(await bus.subscribe({ group: GROUP, topics: [TENANTS], route: () => tenants }));
    this.subscriptions.push(await bus.subscribe({ group: GROUP, topics: [STATIONS], route: () => grouped }));
    const ended = onTransactionEnded(service.settlements, new NeighboursNews([...this.subscriptions]));
    this.subscriptions.push(
      await bus.subscribe({ group: GROUP, topics: [TRANSACTIONS], route: (record) => (isEnd(record) ? ended : null) }),
    );
    this.chores.every(RETENTION_INTERVAL_MS, 'old rows', () => service.retention.run());
    this.chores.every(HELD_INTERVAL_MS, 'count held CDRs', () => service.heldGauge.measure());
  }

  /** Takes nothing new, finishes what is in hand, tells what is told. */
  async stop(): Promise<void> {
    this.chores.stop();
    this.parts.service.retention.stop();
    await Promise.all(this.subscriptions.map((subscription) => subscription.close()));
    await this.parts.service.relay.stop();
  }

  /** Why this service is not fit to work; null when it is. */
  trouble(): string | null {
    return troubleOf(this.subscriptions);
  }
}
