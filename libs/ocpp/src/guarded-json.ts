/** The largest frame that is read, in bytes. OCPP's largest messages need it (NotifyReport, signed meter values, certificate chains). */
export const MAX_FRAME_BYTES = 1_048_576;

/** The deepest nesting that is read, the frame's own array included. OCPP's deepest message has 11 levels. */
export const MAX_DEPTH = 32;

/** The reason why a text is refused, though it may be JSON. */
export type JsonFault =
  | 'not-json'
  | 'too-large'
  | 'too-deep'
  /** NUL or half a surrogate pair, which Postgres or UTF-8 cannot store. */
  | 'unstorable-text'
  /** `__proto__` or `constructor.prototype` as keys. */
  | 'prototype-key'
  /** A number beyond the range of a double (1e400). */
  | 'number-out-of-range';

/** Faults that can be repaired in messages that must not be lost. */
export type RepairableFault = 'unstorable-text' | 'number-out-of-range';

export type GuardedJson =
  /** `repaired`: the faults that were repaired; empty unless `repair` is set. */
  { ok: true; value: unknown; repaired: readonly RepairableFault[] } | { ok: false; fault: JsonFault };

/** A number with more digits in a row may be beyond the range of a double. */
const LONG_NUMBER = 300;

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Throws on bytes that are not UTF-8. Keeps a byte order mark, which JSON does not allow. */
export function decodeUtf8(bytes: Uint8Array): string {
  return UTF8.decode(bytes);
}

// With the u flag a surrogate matches only when it stands alone.
const UNSTORABLE = /[\0\ud800-\udfff]/u;

/** True: the text has no NUL and no half surrogate pair. */
export function isStorable(text: string): boolean {
  return !UNSTORABLE.test(text);
}

/**
 * `JSON.parse` for untrusted input: one pass over the bytes finds what is nested too deeply and what must be checked
 * after parsing. With `repair`, NULs are removed, half surrogate pairs become U+FFFD, and numbers beyond a double
 * become the largest double.
 */
export function parseGuarded(bytes: Uint8Array, { repair = false } = {}): GuardedJson {
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
  const repaired = new Set<RepairableFault>();
  if (suspicious && repair) value = repairedJson(value, repaired);
  const fault = suspicious ? faultIn(value) : undefined;
  return fault === undefined ? { ok: true, value, repaired: [...repaired] } : { ok: false, fault };
}

/** Recursion is bounded: the scan has checked the depth. */
function repairedJson(value: unknown, repaired: Set<RepairableFault>): unknown {
  if (typeof value === 'string') return repairedText(value, repaired);
  if (typeof value === 'number' && !Number.isFinite(value)) {
    repaired.add('number-out-of-range');
    return value < 0 ? -Number.MAX_VALUE : Number.MAX_VALUE;
  }
  if (Array.isArray(value)) return value.map((item) => repairedJson(item, repaired));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [repairedText(key, repaired), repairedJson(member, repaired)]));
}

function repairedText(text: string, repaired: Set<RepairableFault>): string {
  if (isStorable(text)) return text;
  repaired.add('unstorable-text');
  return text.replaceAll('\0', '').replace(/[\ud800-\udfff]/gu, '\ufffd');
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Suspicious are an escaped character (NUL and half surrogate pairs need one), an exponent, and a very long number. */
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

/** The fault of a value that `JSON.parse` returned, if it has one. Also for JSON from elsewhere, such as an HTTP body. */
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
