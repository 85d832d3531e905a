import type { Settings } from '@voltbus/runtime';
import type { FastifyInstance } from 'fastify';
import { answerClientError } from '../requests/client-errors';
import { hasBody } from '../requests/content';
import type { RouteMarks } from '../requests/route-table';

/** Answers a body that does not come in time, and closes its socket. Files have the time of uploads, which is the server's own (`serverTimeouts`). */
export function limitBodyTime(instance: FastifyInstance, { API_BODY_SECONDS }: Pick<Settings, 'API_BODY_SECONDS'>): void {
  instance.addHook('onRequest', ({ raw, routeOptions }, reply, done) => {
    const { takesFile = false } = routeOptions.config as RouteMarks; // as `serveUploads` marked it
    if (!takesFile && hasBody(raw.headers)) {
      const late = setTimeout(() => {
        // one that is answered before its end is cut by `closeUnread`
        if (raw.complete || reply.raw.headersSent) return;
        answerClientError(Object.assign(new Error(), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), raw.socket);
      }, API_BODY_SECONDS * 1_000);
      late.unref();
      raw.once('close', () => clearTimeout(late));
    }
    done();
  });
}
