import { CsmsError } from '@voltbus/contracts';
import { MAX_DEPTH, decodeUtf8, isStorable } from '@voltbus/ocpp';
import { displayable } from '../values/values';
import { pointer } from './json-pointer';
import { nestedDeeper, repeatedKey } from './scan-json';

/** A body as JSON. Throws `bad-request` on what is none or is ambiguous, and `invalid` on what no column could keep, each with its path. */
export function readJson(bytes: Buffer): unknown {
  const text = textOf(bytes);
  const value = parsed(text);
  if (nestedDeeper(text, MAX_DEPTH)) throw new CsmsError('bad-request', `the body is nested deeper than ${MAX_DEPTH}`);
  const repeated = repeatedKey(text);
  if (repeated !== null) throw badAt(repeated, 'is given more than once');
  mustBeStorable(value, '');
  return value;
}

function textOf(bytes: Buffer): string {
  try {
    return decodeUtf8(bytes);
  } catch (cause) {
    throw new CsmsError('bad-request', 'the body is not UTF-8', {}, { cause });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CsmsError('bad-request', 'the body is no JSON', {}, { cause });
  }
}

function mustBeStorable(value: unknown, path: string): void {
  if (typeof value === 'string' && !isStorable(value)) throw invalidAt(path, 'has NUL or half of a surrogate pair');
  if (typeof value === 'number' && !Number.isFinite(value)) throw invalidAt(path, 'is beyond what a number can be');
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) {
    const at = `${path}/${pointer(key)}`;
    if (!isStorable(key)) throw invalidAt(displayable(at), 'has NUL or half of a surrogate pair in its name');
    if (isPrototype(key, member)) throw badAt(at, 'is no member of anything');
    mustBeStorable(member, at);
  }
}

/** Names by which a careless copy would change every object. */
function isPrototype(key: string, member: unknown): boolean {
  if (key === '__proto__') return true;
  return key === 'constructor' && typeof member === 'object' && member !== null && Object.hasOwn(member, 'prototype');
}

function badAt(path: string, message: string): CsmsError {
  return new CsmsError('bad-request', `${path}: ${message}`, { errors: [{ path, message }] });
}

function invalidAt(path: string, message: string): CsmsError {
  return new CsmsError('invalid', `${path || '/'}: ${message}`, { errors: [{ path, message }] });
}
