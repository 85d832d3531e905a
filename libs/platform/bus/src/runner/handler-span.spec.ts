import { TRANSACTIONS } from '@voltbus/contracts';
import { activeTraceparent, noopTelemetry, startTracing, type Metrics } from '@voltbus/telemetry';
import { silentLogger } from '@voltbus/testing';
import { MemoryBus } from '../memory/memory-bus';

const TRACE = 'a'.repeat(32);

it('the time of a handler is measured within its span, so that an exemplar leads to the trace of the record', async () => {
  const tracing = startTracing({
    ...{ process: 'cdr', pod: 'pod-1', installation: 'default', endpoint: 'http://127.0.0.1:1', headers: {} },
    ...{ ratio: 0, slowSeconds: 600, ...noopTelemetry },
  });
  const measured: [string, string | undefined][] = [];
  const metrics: Metrics = {
    ...noopTelemetry.metrics,
    histogram: (name) => ({ observe: () => void measured.push([name, activeTraceparent()?.split('-')[1]]) }),
  };
  const bus = new MemoryBus({ logger: silentLogger, metrics, absentGroups: 'skip' });
  const handled = new Promise<string | undefined>((resolve) => {
    const handle = (): Promise<void> => Promise.resolve(resolve(activeTraceparent()?.split('-')[1]));
    void bus.subscribe({ group: 'cdr', topics: [TRANSACTIONS], route: () => ({ shape: 'key', name: 'bill', handle }) }).then(() =>
      bus.publish(TRANSACTIONS, {
        key: 'default/CS-1',
        value: Buffer.from('{}'),
        headers: { ce_traceparent: `00-${TRACE}-${'b'.repeat(16)}-00` },
      }),
    );
  });
  expect(await handled).toBe(TRACE);
  await bus.close();
  await tracing.close();
  expect(measured.filter(([name]) => name === 'kafka_handler_duration_seconds')).toEqual([['kafka_handler_duration_seconds', TRACE]]);
});
