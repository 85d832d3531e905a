import type { FastifyInstance } from 'fastify';
import { conditionOf, matchesWeakly } from './entity-tag';

/** Answers a GET or HEAD with 304 where its `If-None-Match` names the entity tag of the answer. A header that is no list of tags is passed over. */
export function answerNotModified(instance: FastifyInstance): void {
  instance.addHook('onSend', (request, reply, payload, done) => {
    const tag = reply.getHeader('etag');
    const reads = request.method === 'GET' || request.method === 'HEAD';
    if (!reads || reply.statusCode !== 200 || typeof tag !== 'string' || !isNamed(request.headers['if-none-match'], tag))
      return done(null, payload);
    void reply.status(304).removeHeader('content-type').removeHeader('content-length');
    done(null, null);
  });
}

function isNamed(header: string | undefined, tag: string): boolean {
  try {
    const condition = conditionOf('If-None-Match', header);
    return condition !== undefined && matchesWeakly(condition, tag);
  } catch {
    return false;
  }
}
