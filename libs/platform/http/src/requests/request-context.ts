import { LogContext, setSpanAttribute } from '@voltbus/telemetry';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { REQUEST_ID_HEADER } from './request-id';

/** As OpenTelemetry's semantic conventions name a header of an answer. */
const SPAN_ATTRIBUTE = `http.response.header.${REQUEST_ID_HEADER}`;

/** Puts the id of a request into every line that is logged while it is handled, and on the span that is active. Must be registered before other hooks. */
export function nameRequests(instance: FastifyInstance): void {
  const contexts = new WeakMap<FastifyRequest, LogContext>();
  instance.addHook('onRequest', (request, _reply, done) => {
    const context = new LogContext({ requestId: request.id });
    contexts.set(request, context);
    setSpanAttribute(SPAN_ATTRIBUTE, [request.id]);
    context.run(done);
  });
  instance.addHook('onResponse', (request, _reply, done) => {
    contexts.get(request)?.end();
    done();
  });
}
