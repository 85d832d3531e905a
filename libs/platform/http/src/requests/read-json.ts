import { CsmsError } from '@voltbus/contracts';
import { MAX_DEPTH, decodeUtf8, isStorable } from '@voltbus/ocpp';
import { displayable } from '../values/values';
import { pointer } from './json-pointer';
import { faultyRequest } from './request-faults';
import { nestedDeeper, repeatedKey } from './scan-json';

/** Reads a body as JSON. Throws `bad-request` when it is no JSON or is ambiguous, and `invalid` with the path of a value that cannot be stored. */
export function readJson(bytes: Buffer): unknown {
  const text = textOf(bytes);
  if (nestedDeeper(text, MAX_DEPTH)) throw new CsmsError('bad-request', `the body is nested deeper than ${MAX_DEPTH}`);
  const value = parsed(text);
  const repeated = repeatedKey(text);
  if (repeated !== null) throw faultyRequest('bad-request', [{ path: repeated, message: 'is given more than once' }]);
  mustBeStorable(value);
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

function mustBeStorable(value: unknown): void {
  const fault = faultIn(value);
  if (fault === null) return;
  const path = displayable(fault.steps.map((step) => `/${pointer(step)}`).join(''));
  throw faultyRequest(fault.code, [{ path, message: fault.message }]);
}

interface Fault {
  /** Steps of its path, from the top. */
  steps: string[];
  code: 'invalid' | 'bad-request';
  message: string;
}

/** The first fault. Paths are put together on the way back only, because a body has as many places as bytes. */
function faultIn(value: unknown): Fault | null {
  if (typeof value === 'string') return isStorable(value) ? null : fault('invalid', 'has NUL or half of a surrogate pair');
  if (typeof value === 'number') return Number.isFinite(value) ? null : fault('invalid', 'is beyond what a number can be');
  if (typeof value !== 'object' || value === null) return null;
  if (Array.isArray(value)) return faultOfElements(value);
  const members = value as Readonly<Record<string, unknown>>; // as JSON.parse makes them
  for (const key of Object.keys(members)) {
    const found = faultOfKey(key, members[key]) ?? faultIn(members[key]);
    if (found !== null) return { ...found, steps: [key, ...found.steps] };
  }
  return null;
}

function faultOfElements(elements: readonly unknown[]): Fault | null {
  for (let index = 0; index < elements.length; index++) {
    const found = faultIn(elements[index]);
    if (found !== null) return { ...found, steps: [String(index), ...found.steps] };
  }
  return null;
}

function faultOfKey(key: string, member: unknown): Fault | null {
  if (!isStorable(key)) return fault('invalid', 'has NUL or half of a surrogate pair in its name');
  return isPrototype(key, member) ? fault('bad-request', 'is no member of anything') : null;
}

function fault(code: Fault['code'], message: string): Fault {
  return { steps: [], code, message };
}

/** Names that would change every object where a copy is made carelessly. */
function isPrototype(key: string, member: unknown): boolean {
  if (key === '__proto__') return true;
  return key === 'constructor' && typeof member === 'object' && member !== null && Object.hasOwn(member, 'prototype');
}
