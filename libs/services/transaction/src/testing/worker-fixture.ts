import type { MemoryBus } from '@voltbus/bus';
import { silentLogger, testMetrics } from '@voltbus/testing';
import { openService, type Service } from '../wiring';
import { TransactionWorker } from '../worker';

/** For specs: the service and its worker, not yet started, on that database and bus; as a process has them whose settings say nothing. */
export async function openWorker(url: string, bus: MemoryBus): Promise<{ service: Service; worker: TransactionWorker }> {
  const service = await openService({
    url,
    poolSize: 4,
    silentSeconds: 43_200,
    costSeconds: 60,
    authorization: { url: undefined, secret: '', fallback: 'own' },
    contracts: { roots: undefined, ocspHosts: [], ocspUnavailable: 'refuse' },
    payments: { receiptUrl: undefined, vatUrl: undefined },
    bus,
    logger: silentLogger,
    metrics: testMetrics(),
  });
  return { service, worker: new TransactionWorker({ service, bus, logger: silentLogger, metrics: testMetrics() }) };
}
