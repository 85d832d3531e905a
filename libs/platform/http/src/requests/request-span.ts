import { openSpan, type OpenSpan } from '@voltbus/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { REQUEST_ID_HEADER } from './request-id';

const INTERNAL_ERROR = 500;

/**
 * Begins the span of a request, below the caller's where the request has a `traceparent`. Its route is named and never its path, which may hold a token.
 * Null while tracing is off, and for an event stream, which has no end to wait for.
 */
export function openRequestSpan(request: FastifyRequest, reply: FastifyReply): OpenSpan | null {
  const { traceparent, accept } = request.headers;
  if (accept?.includes('text/event-stream') === true) return null;
  const route = request.routeOptions.url;
  const span = openSpan({
    name: route === undefined ? request.method : `${request.method} ${route}`,
    kind: 'server',
    parent: typeof traceparent === 'string' ? traceparent : null,
    attributes: {
      'http.request.method': request.method,
      'http.route': route,
      [`http.response.header.${REQUEST_ID_HEADER}`]: request.id,
      'voltbus.station': (request.params as { station?: string } | undefined)?.station,
    },
  });
  if (span !== null) reply.raw.once('close', () => endRequestSpan(span, reply));
  return span;
}

function endRequestSpan(span: OpenSpan, { raw: { statusCode } }: FastifyReply): void {
  span.setAttributes({ 'http.response.status_code': statusCode });
  if (statusCode >= INTERNAL_ERROR) span.fail(String(statusCode));
  span.end();
}
