import type { FastifyRequest } from 'fastify';

/** Bytes of the body, where its sender says so; null: it does not. */
export function bodyLengthOf({ headers }: Pick<FastifyRequest, 'headers'>): number | null {
  const length = headers['content-length'];
  return length === undefined ? null : Number(length);
}
