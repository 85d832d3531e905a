import { Readable } from 'node:stream';
import { RouteConfig } from '@nestjs/platform-fastify';
import { CsmsError } from '@voltbus/contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { apart } from '../uploads/apart';
import { bodyLengthOf } from '../uploads/body-length';
import { faultyRequest } from './request-faults';
import type { RouteMarks } from './route-table';

/** Content type of a file. */
export const FILE_TYPE = 'application/octet-stream';

/** Handler: its body is a file, which `fileIn` gives. */
export const TakesFile = () => RouteConfig({ takesFile: true } satisfies RouteMarks);

/** A file that comes as the body of a request. */
export interface FileBody {
  /** Bytes of it, where its sender says so; null: it does not. */
  length: number | null;
  /** Fails where the sender leaves before its end. Nothing of it is read before somebody reads it. */
  body: Readable;
}

/** The file that a request to a handler that `TakesFile` has as its body. Throws `bad-request` without one, and `unsupported-media-type` for what is no file. */
export function fileIn(request: Pick<FastifyRequest, 'body' | 'headers'>): FileBody {
  const { body, headers } = request;
  if (body === undefined || body === null) throw faultyRequest('bad-request', [{ path: '', message: `has no file: ${FILE_TYPE}` }]);
  if (!(body instanceof Readable)) throw new CsmsError('unsupported-media-type', `Content-Type: a file is ${FILE_TYPE}`);
  if ((headers['content-encoding'] ?? 'identity').toLowerCase() !== 'identity')
    throw new CsmsError('unsupported-media-type', 'Content-Encoding: files are taken as they are, without any');
  return { length: bodyLengthOf(request), body: apart(body) };
}

/** Hands over bodies of `FILE_TYPE` unread to routes that take them; another route refuses such a body. */
export function takeFiles(instance: FastifyInstance): void {
  instance.addContentTypeParser(FILE_TYPE, ({ routeOptions }, body, done) => {
    const { takesFile = false } = routeOptions.config as RouteMarks; // as `TakesFile` marked it
    if (takesFile) return done(null, body);
    done(new CsmsError('unsupported-media-type', `Content-Type: this takes application/json, not ${FILE_TYPE}`));
  });
}
