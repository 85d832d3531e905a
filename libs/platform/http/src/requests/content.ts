import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { CsmsError } from '@voltbus/contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { MERGE_PATCH } from '../resources/describe-resource';
import { readJson } from './read-json';
import type { RouteMarks } from './route-table';

/** How long an unread body may go on coming after its answer, so that its sender reads the answer; then the socket is closed. */
const LINGER_MS = 2_000;

/**
 * Takes the content type from a request without a body, which many clients send all the same: an empty body is no body. Throws `unsupported-media-type`
 * where the headers of a body declare anything but plain UTF-8.
 */
export function checkContent({ raw: { headers }, routeOptions }: Pick<FastifyRequest, 'raw' | 'routeOptions'>): void {
  const { takesFile = false } = routeOptions.config as RouteMarks; // a file is stored as it comes
  if (hasBody(headers)) return takesFile ? undefined : mustBeReadable(headers);
  delete headers['content-type'];
  delete headers['content-encoding'];
}

/** As RFC 9112 tells it from the headers (6.3). */
export function hasBody(headers: IncomingHttpHeaders): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0;
}

function mustBeReadable(headers: IncomingHttpHeaders): void {
  const encoding = headers['content-encoding']?.trim().toLowerCase();
  if (encoding !== undefined && encoding !== '' && encoding !== 'identity')
    throw new CsmsError('unsupported-media-type', 'Content-Encoding: bodies are taken as they are, without any');
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(headers['content-type'] ?? '')?.[1]?.toLowerCase();
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8')
    throw new CsmsError('unsupported-media-type', 'Content-Type: the charset is utf-8');
}

/** A merge patch is read as what it is, and never as a whole resource. */
function mustBePatch({ method, headers }: FastifyRequest): void {
  if (method !== 'PATCH' && headers['content-type']?.toLowerCase().startsWith(MERGE_PATCH) === true)
    throw new CsmsError('unsupported-media-type', `Content-Type: ${MERGE_PATCH} is for PATCH`);
}

/** Accepts JSON as `readJson` reads it, a JSON merge patch for PATCH, and no other content type. An empty body counts as no body, whatever its type. */
export function takeJson(instance: FastifyInstance): void {
  instance.removeAllContentTypeParsers();
  instance.addContentTypeParser<Buffer>(['application/json', MERGE_PATCH], { parseAs: 'buffer' }, (request, body, done) => {
    try {
      mustBePatch(request);
      done(null, body.length === 0 ? undefined : readJson(body));
    } catch (error) {
      done(error as Error); // only errors are thrown there
    }
  });
}

/** Answers `Expect: 100-continue` when the body is about to be read, which is after its request was admitted. */
export function continueWhenWanted(instance: FastifyInstance): void {
  const waiting = new WeakSet<IncomingMessage>();
  instance.server.on('checkContinue', (request, response) => {
    waiting.add(request);
    instance.server.emit('request', request, response);
  });
  instance.addHook('preParsing', (request, reply, _payload, done) => {
    if (waiting.delete(request.raw)) reply.raw.writeContinue();
    done();
  });
}

/** Discards the rest of a body that was answered before its end, for a short while. */
export function closeUnread(instance: FastifyInstance): void {
  instance.addHook('onResponse', (request, _reply, done) => {
    const { raw } = request;
    if (raw.complete === false) {
      const cut = setTimeout(() => raw.complete || raw.socket.destroy(), LINGER_MS);
      raw.socket.once('close', () => clearTimeout(cut));
      cut.unref();
    }
    done();
  });
}
