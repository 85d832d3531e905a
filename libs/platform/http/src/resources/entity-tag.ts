import { createHash } from 'node:crypto';
import { canonicalJson } from '@voltbus/contracts';
import type { z } from 'zod';
import { faultyRequest } from '../requests/request-faults';
import type { Resource } from './resource';

/** Characters of a tag between its quotes: 128 bits. */
const TAG_LENGTH = 22;
/** RFC 9110 section 8.8.3: an entity tag, perhaps weak. */
const ENTITY_TAG = String.raw`(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"`;
const TAG_LIST = new RegExp(`^\\s*${ENTITY_TAG}(?:\\s*,\\s*${ENTITY_TAG})*\\s*$`);

/**
 * The strong entity tag of a resource. It stands for the members that can be written, and for secrets that can only be written; what a station reports
 * does not change it.
 */
export function entityTagOf<B extends z.ZodObject, T>(resource: Resource<B, T>, stored: T): string {
  const content = canonicalJson([resource.writtenAs(stored), resource.secretOf?.(stored) ?? null]);
  return `"${createHash('sha256').update(content).digest('base64url').slice(0, TAG_LENGTH)}"`;
}

/** `If-Match` or `If-None-Match`: any representation (`*`), or some tags as they were sent. */
export type Condition = '*' | readonly string[];

/** Reads the header; undefined where it was not sent. Throws `bad-request` on anything but `*` and entity tags in quotes. */
export function conditionOf(name: string, header: string | undefined): Condition | undefined {
  if (header === undefined) return undefined;
  if (header.trim() === '*') return '*';
  if (TAG_LIST.test(header)) return header.match(new RegExp(ENTITY_TAG, 'g')) ?? [];
  throw faultyRequest('bad-request', [
    { in: 'header', path: `/${name}`, message: 'is neither * nor entity tags in quotes, such as "k3Jx"' },
  ]);
}

/** RFC 9110 section 13.1.1: compared strongly, so a weak tag matches nothing. `tag` null: there is no such resource. */
export function matches(condition: Condition, tag: string | null): boolean {
  return tag !== null && (condition === '*' || condition.includes(tag));
}

/** RFC 9110 section 13.1.2: compared weakly. */
export function matchesWeakly(condition: Condition, tag: string | null): boolean {
  return tag !== null && (condition === '*' || condition.some((one) => one.replace(/^W\//, '') === tag));
}
