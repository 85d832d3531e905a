import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** What a page may send beside what every page may. `Authorization` must be named: no wildcard includes it. */
const REQUEST_HEADERS = [
  'Authorization',
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'Last-Event-ID',
  'Traceparent',
  'Tracestate',
  'Voltbus-Reason',
  'Voltbus-Tenant',
  'X-Request-Id',
];
/** What a page may read of an answer beside its content type and length. */
const EXPOSED_HEADERS = [
  'Allow',
  'Content-Disposition',
  'ETag',
  'Idempotent-Replayed',
  'Link',
  'Location',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'WWW-Authenticate',
  'X-Request-Id',
];
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
/** How long a browser may keep the answer to a preflight, seconds. */
const PREFLIGHT_SECONDS = 600;

/**
 * Lets pages of the listed origins use the API (Fetch standard, 3.2). An origin is compared as a whole, and the answer names it and never `*`. Pages send
 * their key or ticket themselves; the cookies of sessions are for our own pages, so `Access-Control-Allow-Credentials` is never sent. Without origins the API says nothing about CORS.
 */
export class Cors {
  private readonly origins: ReadonlySet<string>;

  constructor(origins: readonly string[]) {
    this.origins = new Set(origins);
  }

  /** Must be called before the hooks that refuse requests, so that a page can read why it was refused. */
  register(instance: FastifyInstance): void {
    if (this.origins.size === 0) return;
    instance.addHook('onRequest', ({ headers: { origin } }, reply, done) => {
      void reply.header('vary', 'Origin'); // also without an origin: a cache must not give one page the answer to another
      if (this.isListed(origin))
        void reply.headers({ 'access-control-allow-origin': origin, 'access-control-expose-headers': EXPOSED_HEADERS.join(', ') });
      done();
    });
  }

  /** Whether it is the question of a browser that comes before a request, which carries no key. Never while no origin is listed. */
  isPreflight({ method, headers }: Pick<FastifyRequest, 'method' | 'headers'>): boolean {
    const asked = headers['access-control-request-method'] !== undefined && headers.origin !== undefined;
    return this.origins.size > 0 && method === 'OPTIONS' && asked;
  }

  /** Without a permission where the origin is not listed: the browser then does not send the request. */
  answerPreflight({ headers: { origin } }: Pick<FastifyRequest, 'headers'>, reply: FastifyReply): FastifyReply {
    void reply.header('vary', 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers');
    if (this.isListed(origin))
      void reply.removeHeader('access-control-expose-headers').headers({
        'access-control-allow-methods': METHODS.join(', '),
        'access-control-allow-headers': REQUEST_HEADERS.join(', '),
        'access-control-max-age': String(PREFLIGHT_SECONDS),
      });
    return reply.code(204).send();
  }

  private isListed(origin: string | undefined): origin is string {
    return origin !== undefined && this.origins.has(origin);
  }
}
