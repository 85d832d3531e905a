import { randomUUID } from 'node:crypto';
import { MemoryBus } from '@voltbus/bus';
import type { Cdr } from '@voltbus/contracts';
import { TRANSACTION_BILLS, type TransactionBill, type TransactionBills } from '@voltbus/http';
import { Outbox, type OutboxEvent } from '@voltbus/database';
import { freshDatabase, silentLogger, testMetrics } from '@voltbus/testing';
import { CdrApp } from './cdr-app';
import { tariffOf } from './ended-transaction';
import { openCdr, type OpenedCdr } from './open-cdr';

type Add = Parameters<Outbox['add']>;

/** The last step of a database transaction, in which a spec holds it up or has its process die. */
class HinderedOutbox extends Outbox {
  beforeCommit: (manager: Add[0]) => Promise<unknown> = () => Promise.resolve();

  override async add(manager: Add[0], events: readonly OutboxEvent[]): Promise<void> {
    await super.add(manager, events);
    await this.beforeCommit(manager);
  }
}

/** One of the processes that bill. */
export interface Writer extends OpenedCdr {
  outbox: HinderedOutbox;
}

interface Bills {
  items: Cdr[];
  nextCursor: string | null;
  resumeCursor: string;
}

const NEW_YEAR = new Date('2026-01-01T00:00:00Z');

/** Several processes of the service and two replicas of the API, on one database. */
export class BillingProcesses {
  private constructor(
    readonly writers: readonly [Writer, Writer, Writer],
    private readonly replicas: readonly [CdrApp, CdrApp],
    readonly close: () => Promise<void>,
  ) {}

  static async start(): Promise<BillingProcesses> {
    const { url, drop } = await freshDatabase();
    const bus = new MemoryBus({ logger: silentLogger, metrics: testMetrics() });
    const open = async (): Promise<Writer> => {
      const outbox = new HinderedOutbox('cdr');
      return { ...(await openCdr({ url, bus, metrics: testMetrics(), outbox })), outbox };
    };
    const writers: [Writer, Writer, Writer] = [await open(), await open(), await open()];
    const replicas: [CdrApp, CdrApp] = [await CdrApp.start(url), await CdrApp.start(url)];
    return new BillingProcesses(writers, replicas, async () => {
      for (const replica of replicas) await replica.close();
      for (const { service, database } of writers) {
        await service.stop();
        await database.destroy();
      }
      await bus.close();
      await drop();
    });
  }

  /** A tenant whose kilowatt-hour costs half a euro. */
  async newTenant(): Promise<string> {
    const tenant = `t-${randomUUID().slice(0, 8)}`;
    await this.writers[0].tariffs.add(tenant, 'day', tariffOf('day', '0.50'), NEW_YEAR);
    await this.writers[0].tariffs.addTerms(tenant, { currency: 'EUR', defaultTariff: 'day' }, NEW_YEAR);
    return tenant;
  }

  /** `GET /v1/cdrs`, from either replica. */
  async bills(tenant: string, query: string, replica: 0 | 1 = 0): Promise<Bills> {
    const answer = await this.replicas[replica].request<Bills>('GET', `/v1/cdrs?${query}`, undefined, tenant);
    if (answer.status === 503) return this.bills(tenant, query, replica); // a machine that stood still for long
    if (answer.status !== 200) throw new Error(JSON.stringify(answer));
    return answer.body;
  }

  /** What the API shows as the cost and the CDRs of transactions. */
  billsOf(tenant: string, transactions: readonly string[]): Promise<ReadonlyMap<string, TransactionBill>> {
    return this.replicas[0].face.get<TransactionBills>(TRANSACTION_BILLS).of(tenant, transactions);
  }

  /** How many wait for a lock of the application. */
  async waiting(): Promise<number> {
    const [row] = await this.writers[0].database.query<{ n: number }[]>(
      `SELECT count(*)::integer AS n FROM pg_locks
       WHERE locktype = 'advisory' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
    return row?.n ?? 0;
  }
}
