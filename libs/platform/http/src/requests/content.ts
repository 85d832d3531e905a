import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { CsmsError } from '@voltbus/contracts';
import type { FastifyInstance } from 'fastify';
import { readJson } from './read-json';

/** How long the rest of a body that nobody wants may go on coming, so that its sender reads our answer; then the socket is closed. */
const LINGER_MS = 2_000;

/** Throws `unsupported-media-type` where headers say that the bytes are no plain UTF-8. */
export function mustBeReadable(headers: IncomingHttpHeaders): void {
  const encoding = headers['content-encoding']?.trim().toLowerCase();
  if (encoding !== undefined && encoding !== '' && encoding !== 'identity')
    throw new CsmsError('unsupported-media-type', 'Content-Encoding: bodies are taken as they are, without any');
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(headers['content-type'] ?? '')?.[1]?.toLowerCase();
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8')
    throw new CsmsError('unsupported-media-type', 'Content-Type: the charset is utf-8');
}

/** JSON by our rules, and nothing else: forms and plain text are not what this API speaks. An empty body is none, whatever its type. */
export function takeJson(instance: FastifyInstance): void {
  instance.removeAllContentTypeParsers();
  instance.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, body.length === 0 ? undefined : readJson(Buffer.from(body)));
    } catch (error) {
      done(error as Error); // only errors are thrown there
    }
  });
}

/** `Expect: 100-continue` is answered when the body is wanted, not before its request was judged. */
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

/** Where an answer came before the end of the body, the rest is thrown away, and not for long. */
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
