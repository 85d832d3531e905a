import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { Keyring, type CsmsError } from '@voltbus/contracts';
import type { FastifyRequest } from 'fastify';
import type { CallerRequest } from '../auth/caller';
import { faultyRequest } from '../requests/request-faults';

/** The query parameter of every list. */
export const CURSOR = 'cursor';
/** Changes with the layout of positions or of seals, so that older cursors are refused with `invalid-cursor`. */
const VERSION = 1;
/** Of cursors that never expire: this layout stays as long as the API's version (ADR 66). */
const DURABLE_VERSION = 2;
const SEAL_BYTES = 16;
/** Public: the seal of a durable cursor shows that it belongs to the list and its filters, and nothing about who made it. */
const DURABLE_KEY = 'voltbus durable cursors';

/**
 * Seals cursors, so that a cursor that comes back is a position that was given out for this list with these filters. Each process of the API derives the
 * same key from the pepper of the API keys; those of the pepper before are accepted. The content of a cursor is authentic, not secret.
 */
export class CursorSeal {
  /** The current one first. */
  private readonly keys: readonly [Buffer, ...Buffer[]];

  constructor(peppers: Keyring | string) {
    const { all } = Keyring.from(peppers);
    const derived = all.map(({ secret }) => Buffer.from(hkdfSync('sha256', secret, '', 'voltbus cursors', 32)));
    this.keys = derived as [Buffer, ...Buffer[]]; // a keyring has a current key
  }

  close(position: string, binding: string): string {
    return this.closed(VERSION, position, binding);
  }

  /** Seals a cursor that does not depend on the pepper. Its list must take any position that has its schema. */
  closeDurably(position: string, binding: string): string {
    return this.closed(DURABLE_VERSION, position, binding);
  }

  /** Throws `invalid-cursor` on a cursor that was not sealed with this binding, and on a durable one where the list has none. */
  open(cursor: string, binding: string, { durable }: { durable: boolean }): string {
    const bytes = /^[\w-]+$/.test(cursor) ? Buffer.from(cursor, 'base64url') : Buffer.alloc(0);
    const position = bytes.subarray(1 + SEAL_BYTES).toString('utf8');
    const seal = bytes.subarray(1, 1 + SEAL_BYTES);
    const version = bytes[0] ?? 0;
    const isKnown = version === VERSION || (durable && version === DURABLE_VERSION);
    if (!isKnown || seal.length !== SEAL_BYTES || !this.seals(version, position, binding).some((one) => timingSafeEqual(seal, one)))
      throw invalidCursor();
    return position;
  }

  private closed(version: number, position: string, binding: string): string {
    return Buffer.concat([Buffer.from([version]), this.seals(version, position, binding)[0], Buffer.from(position)]).toString('base64url');
  }

  private seals(version: number, position: string, binding: string): [Buffer, ...Buffer[]] {
    const sealed = JSON.stringify([version, binding, position]);
    const seal = (key: Buffer | string): Buffer => createHmac('sha256', key).update(sealed).digest().subarray(0, SEAL_BYTES);
    const [current, ...others] = version === DURABLE_VERSION ? [DURABLE_KEY] : this.keys;
    return [seal(current ?? ''), ...others.map(seal)];
  }
}

export function invalidCursor(options?: ErrorOptions): CsmsError {
  const message = 'is no cursor of this list with these filters and this order: begin again without one';
  return faultyRequest('invalid-cursor', [{ in: 'query', path: `/${CURSOR}`, message }], options);
}

/** Parameters that may change from page to page: they do not change which items the list has, nor their order. */
const UNBOUND = [CURSOR, 'limit', 'total', 'fields'];

/** The list, tenant, station groups of the caller, filters and order that a cursor is bound to. */
export function bindingOf({ routeOptions, params, query, caller }: FastifyRequest & Partial<CallerRequest>): string {
  const sorted = (values: unknown) => Object.entries(values as object).sort(([one], [other]) => (one < other ? -1 : 1));
  const filters = sorted(query).filter(([name]) => !UNBOUND.includes(name));
  const groups = caller?.stationGroups ?? null;
  const limited = groups === null ? [] : [[...groups].sort()];
  return JSON.stringify([routeOptions.url, caller?.tenant ?? null, sorted(params), filters, ...limited]);
}
