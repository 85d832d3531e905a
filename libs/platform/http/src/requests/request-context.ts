import { LogContext, setActiveAttributes } from '@voltbus/telemetry';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { openRequestSpan } from './request-span';

/** Puts the id of a request into every line that is logged while it is handled, and begins its span. Must be registered before other hooks. */
export function nameRequests(instance: FastifyInstance): void {
  const contexts = new WeakMap<FastifyRequest, LogContext>();
  instance.addHook('onRequest', (request, reply, done) => {
    const { station } = (request.params ?? {}) as { station?: string };
    const context = new LogContext({ requestId: request.id, ...(station === undefined ? {} : { station }) });
    contexts.set(request, context);
    const span = openRequestSpan(request, reply);
    context.run(() => (span === null ? done() : span.run(done)));
  });
  instance.addHook('onResponse', (request, _reply, done) => {
    contexts.get(request)?.end();
    done();
  });
}

/** Names the tenant of the request in hand, once it is known, in its log lines and on its span. */
export function nameTenant(tenant: string): void {
  LogContext.add({ tenant });
  setActiveAttributes({ 'voltbus.tenant': tenant });
}
