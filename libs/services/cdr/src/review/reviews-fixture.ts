import { CDRS, type Cdr, type EndedTransaction } from '@voltbus/contracts';
import { Outbox, openDatabase, type OutboxEvent } from '@voltbus/database';
import { freshDatabase, keepsContract, silentLogger, testMetrics, type TestMetrics } from '@voltbus/testing';
import { tariffOf } from '../account-fixture';
import { SCHEMA, migrations } from '../store/migrations';
import { wire, type Wired } from '../wiring';

/** For specs: keeps what a database transaction told once it has committed, and dies where it is told to. */
export class RecordingOutbox extends Outbox {
  readonly told: OutboxEvent[] = [];
  /** The next event is the last: the process is killed before the commit. */
  dies = false;

  override async add(manager: Parameters<Outbox['add']>[0], events: OutboxEvent[]): Promise<void> {
    await super.add(manager, events);
    if (this.dies) throw new Error('killed');
    for (const { topic, event, value } of events) if (topic === CDRS) keepsContract({ topic: topic.name, type: event.type, value });
    this.told.push(...events);
  }
}

export interface ReviewsFixture extends Wired {
  outbox: RecordingOutbox;
  metrics: TestMetrics;
  clock: { now: number };
  /** What other teams have of a transaction: each event once. */
  published(transaction: string): Cdr[];
  /** Types of all that was told of it, in order, repeats as well. */
  toldTypes(transaction: string): string[];
  cdrsOf(account: Pick<EndedTransaction, 'tenant' | 'id'>, review?: 'held' | 'waived' | 'superseded'): Promise<Cdr[]>;
  close(): Promise<void>;
}

/** The service on a database of its own, where a kilowatt-hour is half a euro. */
export async function startReviews(): Promise<ReviewsFixture> {
  const { url, drop } = await freshDatabase();
  const database = await openDatabase({ url, schema: SCHEMA, migrations, poolSize: 4, applicationName: 'spec' });
  const outbox = new RecordingOutbox(SCHEMA);
  const metrics = testMetrics();
  const clock = { now: Date.parse('2026-03-01T12:00:00Z') };
  const now = () => new Date(clock.now++);
  const service = wire({ database, outbox, logger: silentLogger, metrics, wakeRelay: () => undefined, now });
  await service.tariffs.add('default', 'day', tariffOf('day', '0.50'), new Date('2026-01-01T00:00:00Z'));
  await service.tariffs.addTerms('default', { currency: 'EUR', defaultTariff: 'day' }, new Date('2026-01-01T00:00:00Z'));
  const eventsOf = (transaction: string) => outbox.told.filter(({ value }) => (value as Partial<Cdr>).transaction === transaction);
  return {
    ...service,
    ...{ outbox, metrics, clock },
    published(transaction) {
      const events = new Map(eventsOf(transaction).map(({ event, topic, value }) => [event.id, { topic, value }]));
      // what is on the topic of CDRs is a CDR
      return [...events.values()].filter(({ topic }) => topic === CDRS).map(({ value }) => value as Cdr);
    },
    toldTypes: (transaction) => eventsOf(transaction).map(({ event }) => event.type.replace('voltbus.cdr.', '')),
    cdrsOf: ({ tenant, id }, review) =>
      service.cdrs.page(tenant, { transaction: id, ...(review === undefined ? {} : { review }) }, { limit: 50, after: null }),
    async close() {
      await database.destroy();
      await drop();
    },
  };
}
