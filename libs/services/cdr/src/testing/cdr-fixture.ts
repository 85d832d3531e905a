import { MemoryBus } from '@voltbus/bus';
import { CDRS, type Cdr, type EndedTransaction } from '@voltbus/contracts';
import { Outbox, type OutboxEvent } from '@voltbus/database';
import { freshDatabase, keepsContract, listed, silentLogger, testMetrics, type TestMetrics } from '@voltbus/testing';
import { openCdr, type OpenedCdr } from './open-cdr';
import { tariffOf } from './ended-transaction';

/** Records the events of database transactions, and fails one where a spec wants the process to die before the commit. */
class RecordingOutbox extends Outbox {
  readonly events: OutboxEvent[] = [];
  /** The next event is the last: the process is killed before the commit. */
  dies = false;

  override async add(manager: Parameters<Outbox['add']>[0], events: OutboxEvent[]): Promise<void> {
    await super.add(manager, events);
    if (this.dies) throw new Error('killed');
    for (const { topic, event, value } of events) keepsContract({ topic: topic.name, type: event.type, value });
    this.events.push(...events);
  }
}

export interface CdrFixture extends OpenedCdr {
  outbox: RecordingOutbox;
  metrics: TestMetrics;
  /** Begins now and advances by a millisecond at each look; set forward only, for no CDR is issued before the time of the database. */
  clock: { now: number };
  /** The CDRs of a transaction as other services have them: each event once. */
  published(transaction: string): Cdr[];
  /** The events about a transaction, in order, repeats as well. */
  eventsOf(transaction: string): OutboxEvent[];
  cdrsOf(ended: Pick<EndedTransaction, 'tenant' | 'id'>, review?: 'held' | 'waived' | 'superseded'): Promise<Cdr[]>;
  close(): Promise<void>;
}

const NEW_YEAR = new Date('2026-01-01T00:00:00Z');

/** The service, not at work, on a database of its own. A kilowatt-hour costs `perKwh` euros by default. */
export async function startCdr(perKwh = '0.50'): Promise<CdrFixture> {
  const { url, drop } = await freshDatabase();
  const bus = new MemoryBus({ logger: silentLogger, metrics: testMetrics(), absentGroups: 'skip' });
  const outbox = new RecordingOutbox('cdr');
  const metrics = testMetrics();
  const clock = { now: Date.now() };
  const opened = await openCdr({ url, bus, metrics, outbox, now: () => new Date(clock.now++) });
  await opened.tariffs.add('default', 'day', tariffOf('day', perKwh), NEW_YEAR);
  await opened.tariffs.addTerms('default', { currency: 'EUR', defaultTariff: 'day' }, NEW_YEAR);
  const eventsOf = (transaction: string) => outbox.events.filter(({ value }) => (value as Partial<Cdr>).transaction === transaction);
  return {
    ...opened,
    ...{ outbox, metrics, clock, eventsOf },
    published(transaction) {
      const events = new Map(eventsOf(transaction).map(({ event, topic, value }) => [event.id, { topic, value }]));
      // the topic of CDRs has only CDRs
      return [...events.values()].filter(({ topic }) => topic === CDRS).map(({ value }) => value as Cdr);
    },
    cdrsOf: ({ tenant, id }, review) => listed(opened.cdrs.list(tenant), { transaction: [id], review: review && [review] }, 'startedAt'),
    async close() {
      await opened.service.stop();
      await opened.database.destroy();
      await bus.close();
      await drop();
    },
  };
}
