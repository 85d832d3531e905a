import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { problemOf, sendProblem } from '../problems/problem';
import type { RouteMarks } from '../requests/route-table';
import { apart } from './apart';
import { formFile } from './form-file';
import { bodyLengthOf } from './body-length';
import { UPLOADS_PATH, type UploadReceiver, type UploadedFile } from './upload-receiver';

const FORM = /^multipart\//i;

/**
 * Takes files by PUT and POST (N01.FR.17), as they are or in a form, without an API key: the address itself is what opens it. It is no part of the API's
 * description, because only stations use it. Nothing of a body is read before its receiver reads it, and no redirect is answered (N01.FR.18).
 */
export function serveUploads(instance: FastifyInstance, receiver: UploadReceiver): void {
  const config: RouteMarks = { open: true, takesFile: true };
  void instance.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, body, parsed) => parsed(null, body));
    scope.setErrorHandler((error, _request, reply) => sendProblem(reply, problemOf(error)));
    for (const url of [`${UPLOADS_PATH}/:token`, `${UPLOADS_PATH}/:token/*`])
      scope.route<{ Params: { token: string; '*'?: string } }>({
        ...{ method: ['PUT', 'POST'], url, config },
        handler: async (request, reply) => {
          const { token, '*': name } = request.params;
          await receiver.receive({ token, length: bodyLengthOf(request), file: () => fileOf(request, name) });
          return reply.status(201).send();
        },
      });
    done();
  });
}

async function fileOf({ body, headers }: FastifyRequest, name: string | undefined): Promise<UploadedFile> {
  if (body === undefined || body === null) return { name: name || null, body: Readable.from([]) };
  const bytes = apart(body as Readable); // as the parser of this scope hands it over
  if (!FORM.test(headers['content-type'] ?? '')) return { name: name || null, body: bytes };
  const file = await formFile(bytes, headers);
  return { ...file, name: file.name ?? (name || null) };
}
