import { createHash } from 'node:crypto';

/** Namespace of every id of ours that is derived and not drawn. Never changed: ids would. */
const NAMESPACE = Buffer.from('6f1d0b5e4c3a5e0f9b7a2d8c1e4f7a90', 'hex');

/** The same parts always give the same UUID (version 5): for CDRs, events and whatever must be the same when it happens again. */
export function deterministicId(...parts: readonly (string | number)[]): string {
  // Length before each part: ('a', 'bc') and ('ab', 'c') must differ.
  const name = parts.map((part) => `${String(part).length}:${part}`).join('');
  const bytes = createHash('sha1').update(NAMESPACE).update(name).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
