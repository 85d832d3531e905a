import { createHmac, timingSafeEqual } from 'node:crypto';

/** Random bytes in a key: of the id that finds it, and of its secret. */
export const API_KEY_ID_BYTES = 8;
export const API_KEY_SECRET_BYTES = 32;

/** How long the secret before a rotation is accepted. */
export const OVERLAP_SECONDS = { usual: 86_400, most: 2_592_000 } as const;

/** `vbk_<id>_<secret>_<seal>`: the prefix lets scanners of leaked secrets recognise it. */
const FORM = /^(vbk_([0-9a-f]{16})_[A-Za-z0-9_-]{43})_([A-Za-z0-9_-]{16})$/;
const SEAL_CHARACTERS = 16;

interface ApiKeyText {
  id: string;
  /** The whole text that the caller sends. */
  key: string;
}

/** A key of random bytes. Its seal shows without a lookup whether we issued a key. */
export function formApiKey({ id, secret, pepper }: { id: Buffer; secret: Buffer; pepper: string }): ApiKeyText {
  const body = `vbk_${id.toString('hex')}_${secret.toString('base64url')}`;
  return { id: id.toString('hex'), key: `${body}_${seal(body, pepper)}` };
}

/** Null: we never issued such a key. */
export function readApiKey(text: string, pepper: string): ApiKeyText | null {
  const [, body, id, given] = FORM.exec(text) ?? [];
  if (body === undefined || id === undefined || given === undefined) return null;
  return equal(Buffer.from(given), Buffer.from(seal(body, pepper))) ? { id, key: text } : null;
}

/** The stored hash of a key. A key is random: one round is enough, and every request pays for it. */
export function apiKeyHash(key: string, pepper: string): Buffer {
  return keyed('api-key', key, pepper);
}

/** The secrets of a stored key, of which the one before a rotation is accepted for a while. */
interface KeySecrets {
  rotations: number;
  hash: Buffer;
  previousHash: Buffer | null;
  previousEndsAt: Date | null;
}

/** Which secret of a key has the hash of what was shown, by the number of its rotations; null: none that is accepted. */
export function shownSecret(shown: Buffer, { rotations, hash, previousHash, previousEndsAt }: KeySecrets, now: Date): number | null {
  if (equal(shown, hash)) return rotations;
  if (previousHash === null || previousEndsAt === null || previousEndsAt <= now) return null;
  return equal(shown, previousHash) ? rotations - 1 : null;
}

export function expired({ expiresAt }: { expiresAt: Date | null }, now: Date): boolean {
  return expiresAt !== null && expiresAt <= now;
}

function seal(body: string, pepper: string): string {
  return keyed('api-key-seal', body, pepper).toString('base64url').slice(0, SEAL_CHARACTERS);
}

/** The purpose keeps hashes that are made with one pepper apart. */
function keyed(purpose: string, text: string, pepper: string): Buffer {
  return createHmac('sha256', pepper).update(`${purpose}:${text}`).digest();
}

/** In constant time for texts of equal length, which these are. */
function equal(left: Buffer, right: Buffer): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}
