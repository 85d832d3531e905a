import { decodeUtf8, isStorable, MAX_FRAME_BYTES, type JsonFault } from './guarded-json';

/** A message id as the sender wrote it. By OCPP it is text; a number is accepted too and must be echoed as a number. */
export type MessageId = string | number;

/** CALL, CALLRESULT, CALLERROR, and 2.1's CALLRESULTERROR and SEND. */
export type FrameType = 'call' | 'result' | 'error' | 'result-error' | 'send';

/** The reason why a frame cannot be used. */
export type FrameFault = JsonFault | 'not-a-frame' | 'unknown-type' | 'id-unreadable' | 'id-too-long' | 'action-unreadable' | 'elements';

/** A frame that cannot be used, with the parts that could be read, so that it can be answered if an answer is due. */
export interface BrokenFrame {
  type: 'broken';
  fault: FrameFault;
  of?: FrameType;
  id?: MessageId;
}

/** The place of the payload in the bytes; empty (start = end) when the frame has none. */
interface PayloadPlace {
  payloadStart: number;
  payloadEnd: number;
}

export type Peek =
  | ({ type: 'call' | 'send'; id: MessageId; action: string } & PayloadPlace)
  | ({ type: 'result'; id: MessageId } & PayloadPlace)
  | { type: 'error' | 'result-error'; id: MessageId }
  | BrokenFrame;

/** The longest message id (OCPP-J: the length of a UUID). */
export const MAX_ID_LENGTH = 36;
/** The longest id that is echoed: in the refusal of an id that is too long, and in the answer to a message about a transaction. */
const MAX_ECHOED_ID_LENGTH = 255;
/** Messages whose refusal costs money: a station sends them again, counts the errors and then deletes its record. */
export const TRANSACTIONAL: ReadonlySet<string> = new Set(['MeterValues', 'StartTransaction', 'StopTransaction', 'TransactionEvent']);
/** An id or action is read up to so many bytes: 255 characters, each written as an escape. */
const MAX_TOKEN_BYTES = 255 * 6;
/** A numeric id that a double holds exactly and writes back in the same form. */
const NUMERIC_ID = /^(?:0|-?[1-9]\d{0,14})$/;
/** One character more than a numeric id may have. */
const MAX_NUMBER_LENGTH = 17;

const TYPES: Readonly<Record<number, FrameType>> = { 2: 'call', 3: 'result', 4: 'error', 5: 'result-error', 6: 'send' };

const [QUOTE, BACKSLASH, COMMA, OPEN, CLOSE] = [0x22, 0x5c, 0x2c, 0x5b, 0x5d];

/**
 * Reads type, id and action directly from the bytes. The payload is located, not read: it may turn out not to be JSON when it is
 * parsed. The bytes are a frame with this type, id, action and payload if and only if the payload's bytes are JSON by themselves;
 * `JSON.parse` never reads another envelope.
 */
export function peek(bytes: Uint8Array): Peek {
  let at = skipSpace(bytes, 0);
  if (bytes[at] !== OPEN) return { type: 'broken', fault: 'not-a-frame' };
  at = skipSpace(bytes, at + 1);
  const typeDigit = (bytes[at] ?? 0) - 0x30;
  at = skipSpace(bytes, at + 1);
  if (typeDigit < 0 || typeDigit > 9 || bytes[at] !== COMMA) return { type: 'broken', fault: 'not-a-frame' };
  const type = TYPES[typeDigit];
  const id = readId(bytes, skipSpace(bytes, at + 1));
  if (id === undefined) return broken('id-unreadable', type);
  if (type === undefined) return broken('unknown-type', type, id.value);
  const isLong = typeof id.value === 'string' && id.value.length > MAX_ID_LENGTH;
  if (bytes.length > MAX_FRAME_BYTES) return broken(isLong ? 'id-too-long' : 'too-large', type, id.value);
  const behind = peekBehindId(bytes, type, id);
  return isLong && !takesLongId(behind) ? broken('id-too-long', type, id.value) : behind;
}

/** A message about a transaction is not refused for the length of an id that is only echoed. */
function takesLongId(frame: Peek): boolean {
  return frame.type === 'call' && String(frame.id).length <= MAX_ECHOED_ID_LENGTH && TRANSACTIONAL.has(frame.action);
}

interface Token<T> {
  value: T;
  end: number;
}

function peekBehindId(bytes: Uint8Array, type: FrameType, id: Token<MessageId>): Peek {
  if (type === 'error' || type === 'result-error') return { type, id: id.value };
  if (type === 'result') {
    const payload = placePayload(bytes, id.end);
    return payload ? { type, id: id.value, ...payload } : broken('not-json', type, id.value);
  }
  const comma = skipSpace(bytes, id.end);
  if (bytes[comma] !== COMMA) return broken('elements', type, id.value);
  const action = readText(bytes, skipSpace(bytes, comma + 1));
  if (action === undefined || action.value === '') return broken('action-unreadable', type, id.value);
  const payload = placePayload(bytes, action.end);
  return payload ? { type, id: id.value, action: action.value, ...payload } : broken('not-json', type, id.value);
}

function broken(fault: FrameFault, of: FrameType | undefined, id?: MessageId): BrokenFrame {
  const frame: BrokenFrame = { type: 'broken', fault };
  if (of !== undefined) frame.of = of;
  if (id !== undefined && (typeof id === 'number' || id.length <= MAX_ECHOED_ID_LENGTH)) frame.id = id;
  return frame;
}

/** The payload stands between the comma after the last token and the bracket that ends the frame. Without a comma there is none. */
function placePayload(bytes: Uint8Array, from: number): PayloadPlace | undefined {
  let last = bytes.length - 1;
  while (last > from && isSpace(bytes[last])) last--;
  const next = skipSpace(bytes, from);
  if (bytes[last] !== CLOSE) return undefined;
  if (next === last) return { payloadStart: last, payloadEnd: last };
  if (bytes[next] !== COMMA) return undefined;
  const payloadStart = skipSpace(bytes, next + 1);
  let payloadEnd = last;
  while (payloadEnd > payloadStart && isSpace(bytes[payloadEnd - 1])) payloadEnd--;
  return payloadEnd > payloadStart ? { payloadStart, payloadEnd } : undefined;
}

function readId(bytes: Uint8Array, start: number): Token<MessageId> | undefined {
  if (bytes[start] === QUOTE) return readText(bytes, start);
  let end = start;
  while (end - start < MAX_NUMBER_LENGTH && isNumeric(bytes[end])) end++;
  const digits = latin1(bytes, start, end);
  return NUMERIC_ID.test(digits) ? { value: Number(digits), end } : undefined;
}

/** The JSON string that begins at `start`; undefined when there is none, or it is too long or cannot be stored. */
function readText(bytes: Uint8Array, start: number): Token<string> | undefined {
  if (bytes[start] !== QUOTE) return undefined;
  let plain = true;
  let at = start + 1;
  for (const limit = Math.min(bytes.length, at + MAX_TOKEN_BYTES); at < limit; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) return plain ? { value: latin1(bytes, start + 1, at), end: at + 1 } : decodeText(bytes, start, at + 1);
    if (byte < 0x20) return undefined;
    if (byte === BACKSLASH) at++;
    if (byte === BACKSLASH || byte > 0x7e) plain = false;
  }
  return undefined;
}

function decodeText(bytes: Uint8Array, start: number, end: number): Token<string> | undefined {
  try {
    const value: unknown = JSON.parse(decodeUtf8(bytes.subarray(start, end)));
    return typeof value === 'string' && isStorable(value) ? { value, end } : undefined;
  } catch {
    return undefined;
  }
}

/** Faster than a decoder for the few bytes of an id. The caller has checked that they are ASCII. */
function latin1(bytes: Uint8Array, start: number, end: number): string {
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer.toString('latin1', start, end);
}

function isNumeric(byte: number | undefined): boolean {
  // Digits, sign, point and exponent all belong to the number, so that no part of it is read as an id.
  return (
    byte !== undefined && ((byte >= 0x30 && byte <= 0x39) || byte === 0x2d || byte === 0x2b || byte === 0x2e || (byte | 0x20) === 0x65)
  );
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function skipSpace(bytes: Uint8Array, at: number): number {
  while (isSpace(bytes[at])) at++;
  return at;
}
