import { ModuleRef, ModulesContainer, NestFactory, Reflector } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { HttpFace } from '@voltbus/process';
import { API_KEYS, noApiKeys, type ApiKeys } from './api-keys';
import { AUDIT_LOG, type AuditLog } from './audit/audit-log';
import { AuditInterceptor } from './audit/audit.interceptor';
import { AuthGuard } from './auth.guard';
import { serveApiDescription } from './openapi';
import { ProblemFilter, problemOf, sendProblem } from './problem.filter';

/** A local list of 500 tokens fits; an upload does not. */
const BODY_LIMIT = 1_048_576;
const MAX_PARAM_LENGTH = 1_024;

/** What answers may do in a browser: the page of the API runs its own scripts and nothing else; its styles are inline. */
const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

/** The HTTP API of a process: keys, problems, paging, its own description. */
export const httpFace: HttpFace = {
  async create(root, options, settings, logger) {
    const adapter = new FastifyAdapter({
      bodyLimit: BODY_LIMIT,
      routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
      // What never reaches Nest: a path that is not text.
      frameworkErrors: (error: Error, _request: FastifyRequest, reply: FastifyReply) => sendProblem(reply, problemOf(error)),
      forceCloseConnections: 'idle', // a stop lets requests in hand be answered
    });
    // Fastify's own parser of JSON, and no other: forms and plain text are not what this API speaks.
    const app = await NestFactory.create<NestFastifyApplication>(root, adapter, { ...options, bodyParser: false });
    adapter.getInstance().removeContentTypeParser('text/plain');
    app.useGlobalGuards(new AuthGuard(app.get(Reflector), settings.ADMIN_KEY, provided<ApiKeys>(app, API_KEYS) ?? noApiKeys));
    const auditLog = provided<AuditLog>(app, AUDIT_LOG);
    const parts = { reflector: app.get(Reflector), modules: app.get(ModuleRef), logger };
    if (auditLog !== null) app.useGlobalInterceptors(new AuditInterceptor(auditLog, parts));
    app.useGlobalFilters(new ProblemFilter(logger));
    adapter.getInstance().addHook('onSend', (_request, reply, _payload, done) => {
      void reply.headers(HEADERS);
      done();
    });
    serveApiDescription(app);
    return app;
  },
};

/** Of whichever module provides them. */
function provided<T>(app: NestFastifyApplication, token: symbol): T | null {
  for (const { providers } of app.get(ModulesContainer).values()) {
    const provider = providers.get(token);
    if (provider !== undefined) return provider.instance as T; // what the token stands for
  }
  return null;
}
