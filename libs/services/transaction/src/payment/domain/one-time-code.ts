import { createHmac } from 'node:crypto';
import { isSameSecret } from '@voltbus/contracts';

/** The only algorithm of one-time codes that OCPP 2.1 has (C25, "TOTP algorithm, version 1"). */
export const CODE_VERSION = 'v1';

/** The settings shared with a station for its one-time codes (`WebPaymentsCtrlr`). */
export interface CodeTerms {
  sharedSecret: string;
  /** How long the station shows a code. */
  validitySeconds: number;
  /** Characters of a code. */
  length: number;
}

const BASE62 = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
/**
 * What is called base62 is printed in OCPP 2.1 edition 1 without its `o`: a station may have either from there, and
 * either is believed.
 */
const ALPHABETS = [BASE62, BASE62.replace('o', '')];

/** C25.FR.07: whether a station of these terms shows that code now, or did an interval ago, or will in the next one. */
export function isCurrentCode(code: string, terms: CodeTerms, now: Date): boolean {
  const interval = Math.floor(now.getTime() / 1_000 / terms.validitySeconds);
  const hashes = [interval - 1, interval, interval + 1].map((one) => hashOf(terms.sharedSecret, one));
  const believed = hashes.flatMap((hash) => ALPHABETS.map((alphabet) => inCharacters(hash, alphabet, terms.length)));
  // all are compared, each in constant time: the duration does not reveal how near a guess was
  return believed.filter((one) => isSameSecret(code, one)).length > 0;
}

function hashOf(sharedSecret: string, interval: number): Buffer {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(interval));
  return createHmac('sha256', sharedSecret).update(counter).digest();
}

/** From a place that the hash's last byte names, around its end if need be. */
function inCharacters(hash: Buffer, alphabet: string, length: number): string {
  const offset = (hash.at(-1) ?? 0) & 0x0f;
  const byteAt = (index: number): number => hash[(offset + index) % hash.length] ?? 0;
  return Array.from({ length }, (_, index) => alphabet[byteAt(index) % alphabet.length]).join('');
}
