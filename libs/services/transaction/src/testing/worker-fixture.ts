import type { MemoryBus } from '@voltbus/bus';
import { MemoryConnections } from '@voltbus/connections';
import { Service } from '@voltbus/service';
import { silentLogger, testMetrics } from '@voltbus/testing';
import { transactionService } from '../service';
import { specSettings } from './service-fixture';

/** The service on that database and bus, not yet started. */
export function openService(url: string, bus: MemoryBus): Promise<Service> {
  return Service.open(transactionService, {
    ...{ settings: specSettings(url), bus, connections: new MemoryConnections(), logger: silentLogger, metrics: testMetrics() },
    commands: { sendCommand: () => Promise.reject(new Error('no router here')) },
  });
}
