import { activeTraceparent, noopTelemetry, openSpan, startTracing, type Metrics } from '@voltbus/telemetry';
import { silentLogger } from '@voltbus/testing';
import { GatewayTelemetry } from './telemetry';

it('the time of a call is measured within its span, so that an exemplar leads to its trace', async () => {
  const tracing = startTracing({
    ...{ process: 'gateway', pod: 'pod-1', installation: 'default', endpoint: 'http://127.0.0.1:1', headers: {} },
    ...{ ratio: 0, slowSeconds: 600, ...noopTelemetry },
  });
  const measured: (string | undefined)[] = [];
  const metrics: Metrics = {
    ...noopTelemetry.metrics,
    histogram: () => ({ observe: () => void measured.push(activeTraceparent()?.split('-')[1]) }),
  };
  const telemetry = new GatewayTelemetry(silentLogger, metrics);
  const span = openSpan({ name: 'receive Heartbeat', parent: null });
  const call = { direction: 'in', protocol: 'ocpp2.0.1', action: 'Heartbeat', result: 'ok', ms: 5 } as const;
  telemetry.call({ ...call, span });
  telemetry.call({ ...call, span: null });
  span?.end();
  await tracing.close();
  expect(measured).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), undefined]);
  expect(measured[0]).toBe(span?.traceId);
});
