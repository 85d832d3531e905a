import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { problemOf, sendProblem } from '../problems/problem';
import { FILE_TYPE } from '../requests/take-files';
import type { RouteMarks } from '../requests/route-table';
import { DOWNLOADS_PATH, type DownloadSource, type OfferedFile } from './download-source';
import { rangeOf } from './range';

/**
 * Gives files to GET and HEAD, whole or by one range so that a station goes on where it was cut (RFC 9110, 14), without an API key: the address itself is what
 * opens it. It is no part of the API's description, because only stations use it. The name after the token is for stations that look at it, and is passed over.
 */
export function serveDownloads(instance: FastifyInstance, source: DownloadSource): void {
  const config: RouteMarks = { open: true };
  void instance.register((scope, _options, done) => {
    scope.setErrorHandler((error, _request, reply) => sendProblem(reply, problemOf(error)));
    for (const url of [`${DOWNLOADS_PATH}/:token`, `${DOWNLOADS_PATH}/:token/*`])
      scope.route<{ Params: { token: string } }>({
        ...{ method: ['GET', 'HEAD'], url, config },
        handler: async (request, reply) => give(request, reply, await source.find(request.params.token)),
      });
    done();
  });
}

async function give({ method, headers }: FastifyRequest, reply: FastifyReply, file: OfferedFile): Promise<FastifyReply> {
  const { name, sizeBytes, sha256 } = file;
  const tag = `"${sha256}"`;
  void reply.headers({ 'accept-ranges': 'bytes', etag: tag, 'content-type': FILE_TYPE });
  void reply.header('content-disposition', `attachment; filename="${name}"`);
  const asksForPart = method === 'GET' && (headers['if-range'] ?? tag) === tag;
  const range = asksForPart ? rangeOf(headers.range, sizeBytes) : 'whole';
  if (range === 'unsatisfiable') return reply.status(416).header('content-range', `bytes */${sizeBytes}`).removeHeader('etag').send();
  if (method === 'HEAD') return reply.header('content-length', sizeBytes).send();
  const body = await file.read(range === 'whole' ? undefined : range);
  reply.raw.once('close', () => body.destroy());
  if (range === 'whole') return reply.header('content-length', sizeBytes).send(body);
  const { first, last } = range;
  void reply.status(206).header('content-range', `bytes ${first}-${last}/${sizeBytes}`);
  return reply.header('content-length', last - first + 1).send(body);
}
