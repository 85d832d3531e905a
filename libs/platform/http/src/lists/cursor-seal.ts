import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { CsmsError } from '@voltbus/contracts';
import type { FastifyRequest } from 'fastify';
import type { CallerRequest } from '../auth/caller';

/** The query parameter of every list. */
export const CURSOR = 'cursor';
/** Changes with the layout of positions or of seals, so that older cursors are refused with `invalid-cursor`. */
const VERSION = 1;
const SEAL_BYTES = 16;

/**
 * Seals cursors, so that a cursor that comes back is a position that was given out for this list with these filters. Each process of the API derives the
 * same key from the pepper of the API keys. The content of a cursor is authentic, not secret.
 */
export class CursorSeal {
  private readonly key: Buffer;

  constructor(pepper: string) {
    this.key = Buffer.from(hkdfSync('sha256', pepper, '', 'voltbus cursors', 32));
  }

  close(position: string, binding: string): string {
    return Buffer.concat([Buffer.from([VERSION]), this.sealOf(position, binding), Buffer.from(position)]).toString('base64url');
  }

  /** Throws `invalid-cursor` on a cursor that was not sealed with this binding. */
  open(cursor: string, binding: string): string {
    const bytes = /^[\w-]+$/.test(cursor) ? Buffer.from(cursor, 'base64url') : Buffer.alloc(0);
    const position = bytes.subarray(1 + SEAL_BYTES).toString('utf8');
    const seal = bytes.subarray(1, 1 + SEAL_BYTES);
    if (bytes[0] !== VERSION || seal.length !== SEAL_BYTES || !timingSafeEqual(seal, this.sealOf(position, binding))) throw invalidCursor();
    return position;
  }

  private sealOf(position: string, binding: string): Buffer {
    return createHmac('sha256', this.key)
      .update(JSON.stringify([VERSION, binding, position]))
      .digest()
      .subarray(0, SEAL_BYTES);
  }
}

export function invalidCursor(options?: ErrorOptions): CsmsError {
  const message = 'is no cursor of this list with these filters and this order: begin again without one';
  return new CsmsError('invalid-cursor', `/${CURSOR}: ${message}`, { errors: [{ path: `/${CURSOR}`, message }] }, options);
}

/** Parameters that may change from page to page: they do not change which items the list has, nor their order. */
const UNBOUND = [CURSOR, 'limit', 'total', 'fields'];

/** The list, tenant, filters and order that a cursor is bound to. */
export function bindingOf({ routeOptions, params, query, caller }: FastifyRequest & Partial<CallerRequest>): string {
  const sorted = (values: unknown) => Object.entries(values as object).sort(([one], [other]) => (one < other ? -1 : 1));
  const filters = sorted(query).filter(([name]) => !UNBOUND.includes(name));
  return JSON.stringify([routeOptions.url, caller?.tenant ?? null, sorted(params), filters]);
}
