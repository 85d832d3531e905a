import { NestFactory, Reflector } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { HttpFace } from '@voltbus/process';
import { AuthGuard } from './auth.guard';
import { serveApiDescription } from './openapi';
import { ProblemFilter } from './problem.filter';

/** A local list of 500 tokens fits; an upload does not. */
const BODY_LIMIT = 1_048_576;
const MAX_PARAM_LENGTH = 1_024;

/** The HTTP API of a process: keys, problems, paging, its own description. */
export const httpFace: HttpFace = {
  async create(root, options, settings, logger) {
    const adapter = new FastifyAdapter({
      bodyLimit: BODY_LIMIT,
      routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
      forceCloseConnections: true,
    });
    const app = await NestFactory.create<NestFastifyApplication>(root, adapter, options);
    app.useGlobalGuards(new AuthGuard(app.get(Reflector), settings.ADMIN_KEY));
    app.useGlobalFilters(new ProblemFilter(logger));
    adapter.getInstance().addHook('onSend', (_request, reply, _payload, done) => {
      void reply
        .header('x-content-type-options', 'nosniff')
        .header('referrer-policy', 'no-referrer')
        .header('x-frame-options', 'DENY')
        .header('cache-control', 'no-store');
      done();
    });
    serveApiDescription(app);
    return app;
  },
};
