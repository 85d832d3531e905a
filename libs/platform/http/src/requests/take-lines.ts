import { RouteConfig } from '@nestjs/platform-fastify';
import { CsmsError } from '@voltbus/contracts';
import type { FastifyInstance } from 'fastify';
import type { RouteMarks } from './route-table';

/** Content types of many items in one body: CSV by RFC 4180, and a JSON object a line. */
export const LINES_TYPES = ['text/csv', 'application/jsonl', 'application/x-ndjson'] as const;
/** Bytes of such a body. */
const MAX_LINES_BYTES = 10 * 1_048_576;

/** Handler: its body is a `Buffer` of one of `LINES_TYPES`. */
export const TakesLines = () => RouteConfig({ takesLines: true } satisfies RouteMarks);

/** Reads bodies of `LINES_TYPES` for routes that take them; another route refuses such a body before it is read. */
export function takeLines(instance: FastifyInstance): void {
  instance.addContentTypeParser<Buffer>([...LINES_TYPES], { parseAs: 'buffer', bodyLimit: MAX_LINES_BYTES }, (_request, body, done) =>
    done(null, body),
  );
  instance.addHook('preParsing', (request, _reply, payload, done) => {
    const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
    const { takesLines = false } = request.routeOptions.config as RouteMarks; // as `TakesLines` marked it
    if (takesLines || !LINES_TYPES.some((one) => one === type)) return done(null, payload);
    done(new CsmsError('unsupported-media-type', `Content-Type: this takes application/json, not ${type}`));
  });
}
