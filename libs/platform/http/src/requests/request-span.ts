import { openSpan, type OpenSpan } from '@voltbus/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { REQUEST_ID_HEADER } from './request-id';

const INTERNAL_ERROR = 500;

const spans = new WeakMap<FastifyRequest, OpenSpan>();

/**
 * Begins the span of a request, below the caller's where the request has a `traceparent`; `sampleAsCaller` samples it. Its route is named and never its
 * path, which may hold a token. Null while tracing is off, and for an event stream, which has no end to wait for.
 */
export function openRequestSpan(request: FastifyRequest, reply: FastifyReply): OpenSpan | null {
  const traceparent = traceparentOf(request);
  if (request.headers.accept?.includes('text/event-stream') === true) return null;
  const route = request.routeOptions.url;
  const span = openSpan({
    name: route === undefined ? request.method : `${request.method} ${route}`,
    kind: 'server',
    parent: traceparent === null ? null : unsampled(traceparent),
    attributes: {
      'http.request.method': request.method,
      'http.route': route,
      [`http.response.header.${REQUEST_ID_HEADER}`]: request.id,
      'voltbus.station': (request.params as { station?: string } | undefined)?.station,
    },
  });
  if (span === null) return null;
  spans.set(request, span);
  reply.raw.once('close', () => endRequestSpan(span, reply));
  return span;
}

/** Samples the span of a request as its `traceparent` says. Only for callers that were admitted: nobody else may fill the collector. */
export function sampleAsCaller(request: FastifyRequest): void {
  spans.get(request)?.joinDecision(traceparentOf(request) ?? undefined);
}

function traceparentOf({ headers: { traceparent } }: FastifyRequest): string | null {
  return typeof traceparent === 'string' ? traceparent : null;
}

/** The same place in the trace, with flags that say that it is not sampled. */
function unsampled(traceparent: string): string {
  return traceparent.replace(/-[0-9a-f]{2}$/, '-00');
}

function endRequestSpan(span: OpenSpan, { raw: { statusCode } }: FastifyReply): void {
  span.setAttributes({ 'http.response.status_code': statusCode });
  if (statusCode >= INTERNAL_ERROR) span.fail(String(statusCode));
  span.end();
}
