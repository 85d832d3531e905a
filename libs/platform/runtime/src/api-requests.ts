import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Metrics } from '@voltbus/telemetry';

/** Times every request by the route it matched: what callers put into a path is no label. Before the application listens. */
export function timeRequests(app: NestFastifyApplication, metrics: Metrics): void {
  const durations = metrics.histogram('api_request_duration_seconds', 'HTTP requests', ['method', 'route', 'code']);
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onResponse', (request, reply, done) => {
      const route = request.routeOptions.url ?? 'none';
      durations.observe(reply.elapsedTime / 1_000, { method: request.method, route, code: String(reply.statusCode) });
      done();
    });
}
