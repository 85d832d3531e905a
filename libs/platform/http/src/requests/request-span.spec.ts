import { Controller, Get, Module } from '@nestjs/common';
import { activeTraceparent, noopTelemetry, startTracing } from '@voltbus/telemetry';
import { silentLogger } from '@voltbus/testing';
import { Needs } from '../auth/access';
import { OF_TENANT } from '../auth/reach';
import { httpApi } from '../http-api';
import { TestApp } from '../testing/test-app';

interface Exported {
  name: string;
  spanContext(): { traceId: string };
}
const mockExported: Exported[] = [];
/** The exporter loads its transport by `import()`, which Jest cannot. */
jest.mock('@opentelemetry/exporter-trace-otlp-proto', () => ({
  OTLPTraceExporter: class {
    export(spans: Exported[], done: (result: { code: number }) => void): void {
      mockExported.push(...spans);
      done({ code: 0 });
    }
    shutdown(): Promise<void> {
      return Promise.resolve();
    }
  },
}));

const [ADMITTED, REFUSED, UNSAMPLED] = ['a', 'b', 'c'].map((digit) => digit.repeat(32));
const PARENT = 'd'.repeat(16);

@Controller('v1')
class Things {
  @Get('things')
  @Needs('stations:read', OF_TENANT)
  list() {
    return {};
  }
}

@Module({ controllers: [Things] })
class ThingsModule {}

it('a trace is sampled as its caller says when the caller was admitted, and by nobody else; the request is measured within it', async () => {
  const tracing = startTracing({
    ...{ process: 'api', pod: 'pod-1', installation: 'default', endpoint: 'http://127.0.0.1:1', headers: {} },
    ...{ ratio: 0, slowSeconds: 600, ...noopTelemetry },
  });
  const app = await httpApi.create({ module: ThingsModule }, { logger: false }, { settings: TestApp.settings(), logger: silentLogger });
  // as durations are measured, with an exemplar by the active span
  const measuredIn: (string | undefined)[] = [];
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onResponse', (_request, _reply, done) => {
      measuredIn.push(activeTraceparent()?.split('-')[1]);
      done();
    });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const ask = async (traceparent: string, key: string): Promise<number> => {
    const headers = { traceparent, authorization: `Bearer ${key}` };
    return (await fetch(`${await app.getUrl()}/v1/things`, { headers })).status;
  };
  const statuses = [
    await ask(`00-${ADMITTED}-${PARENT}-01`, TestApp.KEY),
    await ask(`00-${REFUSED}-${PARENT}-01`, 'another'),
    await ask(`00-${UNSAMPLED}-${PARENT}-00`, TestApp.KEY),
  ];
  await app.close(); // every request has ended
  await tracing.close();
  expect(statuses).toEqual([200, 401, 200]);
  expect(measuredIn).toEqual([ADMITTED, REFUSED, UNSAMPLED]);
  expect(mockExported.map((span) => [span.name, span.spanContext().traceId])).toEqual([['GET /v1/things', ADMITTED]]);
});
