import type { Bus } from '@voltbus/bus';
import { MemoryConnections } from '@voltbus/connections';
import type { Outbox } from '@voltbus/database';
import { readSettings } from '@voltbus/runtime';
import { Service } from '@voltbus/service';
import { silentLogger, type TestMetrics } from '@voltbus/testing';
import { cdrs } from '../cdrs/block';
import { review } from '../review/block';
import { cdr } from '../service';
import { settlement } from '../settlement/block';
import { tariffs } from '../tariffs/block';

interface OpenCdrParts {
  url: string;
  bus: Bus;
  metrics: TestMetrics;
  outbox?: Outbox;
  now?: () => Date;
}

/** The service on a database, with what its blocks have built. */
export async function openCdr({ url, ...parts }: OpenCdrParts) {
  const secrets = { VOLTBUS_ADMIN_KEY: 'k'.repeat(40), VOLTBUS_KEY_PEPPER: 'p'.repeat(40) };
  const settings = readSettings({ VOLTBUS_DATABASE_URL: url, VOLTBUS_DATABASE_POOL: '4', ...secrets }, 'standalone', 'standalone');
  const commands = { sendCommand: () => Promise.reject(new Error('no router here')) };
  const service = await Service.open(cdr, { settings, logger: silentLogger, connections: new MemoryConnections(), commands, ...parts });
  return {
    ...{ service, database: service.database },
    ...service.use(cdrs),
    ...service.use(review),
    ...service.storeOf(tariffs),
    billing: service.use(settlement).billing,
  };
}

export type OpenedCdr = Awaited<ReturnType<typeof openCdr>>;
