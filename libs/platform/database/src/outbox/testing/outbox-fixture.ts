import { MemoryBus, type BusRecord } from '@voltbus/bus';
import { TRANSACTIONS } from '@voltbus/contracts';
import { freshDatabase, silentLogger, testMetrics, within, type FreshDatabase, type TestMetrics } from '@voltbus/testing';
import type { DataSource } from 'typeorm';
import { openDatabase } from '../../connection/typeorm-database';
import type { OutboxEvent } from '../outbox-event';
import { Outbox, outboxMigration } from '../typeorm-outbox';
import { OutboxRelay } from '../typeorm-outbox-relay';

export const SCHEMA = 'test';
export const outbox = new Outbox(SCHEMA);

export function event(station: string, place: number): OutboxEvent {
  return {
    topic: TRANSACTIONS,
    ref: { tenant: 'default', station },
    value: { place },
    event: {
      id: `${station}-${place}`,
      type: 'voltbus.transaction.updated',
      time: '2026-01-01T00:00:00.000Z',
      subject: `default/${station}`,
      tenant: 'default',
    },
  };
}

/** An outbox, and a relay that is not started, which publishes to a bus whose records are looked at. */
export class OutboxFixture {
  readonly published: BusRecord[] = [];
  relay: OutboxRelay;
  private stirred: () => void = () => undefined;

  private constructor(
    private readonly database: FreshDatabase,
    readonly dataSource: DataSource,
    readonly bus: MemoryBus,
    readonly metrics: TestMetrics,
  ) {
    this.relay = this.newRelay();
  }

  static async start(): Promise<OutboxFixture> {
    const database = await freshDatabase();
    const dataSource = await openDatabase({ url: database.url, schema: SCHEMA, migrations: [outboxMigration(SCHEMA)] });
    const metrics = testMetrics();
    const bus = new MemoryBus({ logger: silentLogger, metrics, absentGroups: 'skip' });
    const fixture = new OutboxFixture(database, dataSource, bus, metrics);
    await bus.follow({ name: 'recorder', topic: TRANSACTIONS, handle: (record) => (fixture.published.push(record), fixture.stir()) });
    return fixture;
  }

  newRelay(): OutboxRelay {
    const { dataSource, bus, metrics } = this;
    return new OutboxRelay({ dataSource, schema: SCHEMA, bus, logger: silentLogger, metrics, pollMs: 60_000 });
  }

  /** Lets `until` look again. */
  stir(): void {
    this.stirred();
  }

  /** Resolves when the condition holds. It is checked whenever a record comes. */
  async until(condition: () => boolean): Promise<void> {
    const holds = async () => {
      while (!condition()) await new Promise<void>((stir) => (this.stirred = stir));
    };
    await within(`${condition.toString()} of the records that the relay publishes`, holds());
  }

  async waiting(): Promise<number> {
    return Number((await this.dataSource.query<{ count: string }[]>(`SELECT count(*) FROM ${SCHEMA}.outbox`))[0]?.count);
  }

  placesOf(station: string): unknown[] {
    const ofStation = this.published.filter(({ key }) => key === `default/${station}`);
    return ofStation.map(({ value }) => (JSON.parse(value.toString()) as { place: number }).place);
  }

  async close(): Promise<void> {
    await this.relay.stop();
    await this.bus.close();
    await this.dataSource.destroy();
    await this.database.drop();
  }
}
