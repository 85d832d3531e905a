import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Metrics } from '@voltbus/telemetry';

/** Measures every request by the route that it matched, never by its path, which callers choose. Must be called before the application listens. */
export function measureRequests(app: NestFastifyApplication, metrics: Metrics): void {
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
