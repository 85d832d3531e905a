/** Largest frame read, in bytes: what OCPP's biggest reports need (NotifyReport, signed meter values, certificate chains). */
export const MAX_FRAME_BYTES = 1_048_576;

/** Deepest nesting read, the frame's own array included; OCPP's deepest message has 11. */
export const MAX_DEPTH = 32;

/** Why JSON is refused though it may be JSON. */
export type JsonFault =
  | 'not-json'
  | 'too-large'
  | 'too-deep'
  /** NUL or half a surrogate pair: nothing that Postgres or UTF-8 can hold. */
  | 'unstorable-text'
  /** `__proto__` or `constructor.prototype` as keys. */
  | 'prototype-key'
  /** A number beyond what a double holds (1e400). */
  | 'number-out-of-range';

/** What can be put right in JSON that nothing may be lost of. */
export type Mendable = 'unstorable-text' | 'number-out-of-range';

export type GuardedJson =
  /** `mended`: what was put right; empty unless it was wanted. */
  { ok: true; value: unknown; mended: readonly Mendable[] } | { ok: false; fault: JsonFault };

/** Digits in a row from which a number may be beyond a double. */
const LONG_NUMBER = 300;

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Throws on bytes that are no UTF-8; keeps a byte order mark, which JSON does not allow. */
export function decodeUtf8(bytes: Uint8Array): string {
  return UTF8.decode(bytes);
}

// With the u flag a surrogate matches only when it stands alone.
const UNSTORABLE = /[\0\ud800-\udfff]/u;

/** Free of NUL and of half surrogate pairs. */
export function isStorable(text: string): boolean {
  return !UNSTORABLE.test(text);
}

/**
 * `JSON.parse` for what a stranger sent: one pass over the bytes finds what is too deep and what deserves a closer look. `mend`: text that cannot be
 * stored loses its NULs and shows half surrogate pairs as U+FFFD, numbers beyond a double become the largest there is.
 */
export function parseGuarded(bytes: Uint8Array, { mend = false } = {}): GuardedJson {
  if (bytes.length > MAX_FRAME_BYTES) return { ok: false, fault: 'too-large' };
  const scan = scanJson(bytes);
  if (scan === 'too-deep') return { ok: false, fault: scan };
  let text: string;
  let value: unknown;
  try {
    text = decodeUtf8(bytes);
    value = JSON.parse(text);
  } catch {
    return { ok: false, fault: 'not-json' };
  }
  const suspicious = scan === 'suspicious' || text.includes('__proto__') || text.includes('prototype');
  const mended = new Set<Mendable>();
  if (suspicious && mend) value = mendedJson(value, mended);
  const fault = suspicious ? faultIn(value) : undefined;
  return fault === undefined ? { ok: true, value, mended: [...mended] } : { ok: false, fault };
}

/** The scan has seen that it is not too deep. */
function mendedJson(value: unknown, mended: Set<Mendable>): unknown {
  if (typeof value === 'string') return mendedText(value, mended);
  if (typeof value === 'number' && !Number.isFinite(value)) {
    mended.add('number-out-of-range');
    return value < 0 ? -Number.MAX_VALUE : Number.MAX_VALUE;
  }
  if (Array.isArray(value)) return value.map((item) => mendedJson(item, mended));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [mendedText(key, mended), mendedJson(member, mended)]));
}

function mendedText(text: string, mended: Set<Mendable>): string {
  if (isStorable(text)) return text;
  mended.add('unstorable-text');
  return text.replaceAll('\0', '').replace(/[\ud800-\udfff]/gu, '\ufffd');
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Suspicious: an escaped character (only so can JSON carry NUL or half a surrogate pair), an exponent, a very long number. */
function scanJson(bytes: Uint8Array): 'plain' | 'suspicious' | 'too-deep' {
  let depth = 0;
  let suspicious = false;
  let digits = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      for (at++; at < bytes.length && bytes[at] !== QUOTE; at++) {
        if (bytes[at] === BACKSLASH && bytes[++at] === 0x75) suspicious = true;
      }
    } else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > MAX_DEPTH) return 'too-deep';
    } else if (byte === 0x7d || byte === 0x5d) depth--;
    else if (byte !== undefined && byte >= 0x30 && byte <= 0x39) {
      if (++digits > LONG_NUMBER) suspicious = true;
      continue;
    } else if (digits > 0 && (byte === 0x65 || byte === 0x45)) suspicious = true;
    digits = 0;
  }
  return suspicious ? 'suspicious' : 'plain';
}

/** What is wrong with a value that `JSON.parse` made, if anything. Also for JSON that came another way (an HTTP body). */
export function faultIn(value: unknown, depth = 1): JsonFault | undefined {
  if (typeof value === 'string') return isStorable(value) ? undefined : 'unstorable-text';
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : 'number-out-of-range';
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth > MAX_DEPTH) return 'too-deep';
  for (const [key, member] of Object.entries(value)) {
    const fault = keyFault(key, member) ?? faultIn(member, depth + 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function keyFault(key: string, member: unknown): JsonFault | undefined {
  if (!isStorable(key)) return 'unstorable-text';
  if (key === '__proto__') return 'prototype-key';
  const isObject = typeof member === 'object' && member !== null;
  return key === 'constructor' && isObject && Object.hasOwn(member, 'prototype') ? 'prototype-key' : undefined;
}
