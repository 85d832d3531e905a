import { MemoryBus } from '@voltbus/bus';
import {
  STATIONS,
  TENANTS,
  TRANSACTIONS,
  toCloudEventHeaders,
  type Cdr,
  type EndedTransaction,
  type Tenant,
  type Topic,
} from '@voltbus/contracts';
import { freshDatabase, listed, silentLogger, testMetrics, type TestMetrics } from '@voltbus/testing';
import { openCdr, type OpenedCdr } from './open-cdr';

export interface RunningCdr extends OpenedCdr {
  bus: MemoryBus;
  metrics: TestMetrics;
  /** As transaction publishes it. */
  publishTransaction(ended: EndedTransaction, type?: 'started' | 'updated' | 'ended'): Promise<void>;
  /** As device-config publishes them. */
  publishTenant(tenant: Partial<Tenant> & { tenant: string }, type?: 'changed' | 'deleted'): Promise<void>;
  publishGroup(station: string, group: string | null, time: string, tenant?: string): Promise<void>;
  /** Bills the transaction at once, and returns its CDRs. */
  cdrsOf(ended: EndedTransaction): Promise<Cdr[]>;
  close(): Promise<void>;
}

/** The service at work, on a bus and a database of its own. `through` puts something between the service and its database. */
export async function startRunningCdr(through: (url: string) => Promise<string> = (url) => Promise.resolve(url)): Promise<RunningCdr> {
  const bus = new MemoryBus({ logger: silentLogger, metrics: testMetrics(), absentGroups: 'skip' });
  const { url, drop } = await freshDatabase();
  const metrics = testMetrics();
  const opened = await openCdr({ url: await through(url), bus, metrics });
  await opened.service.start();
  const publish = (topic: Topic, { type, time, subject, tenant, value }: PublishedEvent) => {
    const headers = toCloudEventHeaders({ id: `${subject} ${time}`, type, source: '/voltbus/spec', time, subject, tenant });
    return bus.publish(topic, { key: subject, value: Buffer.from(JSON.stringify(value)), headers });
  };
  return {
    ...opened,
    ...{ bus, metrics },
    publishTransaction(ended, type = 'ended') {
      const { tenant, station, startedAt: time } = ended;
      return publish(TRANSACTIONS, { type: `voltbus.transaction.${type}`, time, subject: `${tenant}/${station}`, tenant, value: ended });
    },
    publishTenant({ tenant, ...rest }, type = 'changed') {
      const value = { tenant, unknownTokens: 'refuse', ...rest };
      return publish(TENANTS, { type: `voltbus.tenant.${type}`, time: new Date().toISOString(), subject: tenant, tenant, value });
    },
    publishGroup(station, group, time, tenant = 'default') {
      const value = { tenant, station, group };
      return publish(STATIONS, { type: 'voltbus.station.grouped', time, subject: `${tenant}/${station}`, tenant, value });
    },
    async cdrsOf(ended) {
      await opened.billing.bill(ended, Date.now());
      return listed(opened.cdrs.list(ended.tenant), { transaction: [ended.id] }, 'startedAt');
    },
    async close() {
      await opened.service.stop();
      await bus.close();
      await opened.database.destroy();
      await drop();
    },
  };
}

interface PublishedEvent {
  type: string;
  time: string;
  subject: string;
  tenant: string;
  value: object;
}
