import { createHmac, timingSafeEqual } from 'node:crypto';
import { Keyring } from '@voltbus/contracts';

/** Random bytes in a key: of the id that finds it, and of its secret. */
export const API_KEY_ID_BYTES = 8;
export const API_KEY_SECRET_BYTES = 32;

/** How long the secret before a rotation is accepted. */
export const OVERLAP_SECONDS = { usual: 86_400, most: 2_592_000 } as const;

/** `vbk_<id>_<secret>_<seal>`: the prefix lets scanners of leaked secrets recognise it. */
const FORM = /^(vbk_([0-9a-f]{16})_[A-Za-z0-9_-]{43})_([A-Za-z0-9_-]{16})$/;
const SEAL_CHARACTERS = 16;
const PEPPER_ID_BYTES = 8;
const HASH_BYTES = 32;

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

/** A key as a caller shows it. */
interface ShownApiKey extends ApiKeyText {
  /** Its seal shows that we issued it. False: we never did, or under a pepper that is no more. */
  sealed: boolean;
}

/** Null: it has not the form of a key. */
export function readApiKey(text: string, peppers: Keyring | string): ShownApiKey | null {
  const [, body, id, given] = FORM.exec(text) ?? [];
  if (body === undefined || id === undefined || given === undefined) return null;
  const seals = ringOf(peppers).all.map(({ secret }) => equal(Buffer.from(given), Buffer.from(seal(body, secret))));
  return { id, key: text, sealed: seals.includes(true) };
}

/**
 * The stored hash of a key. A key is random: one round is enough, and every request pays for it. While a pepper is replaced the hash begins with the id of
 * its pepper, so that those of the one before can be counted.
 */
export function apiKeyHash(key: string, peppers: Keyring | string): Buffer {
  const [current = Buffer.alloc(0)] = apiKeyHashes(key, peppers);
  return current;
}

/** Every hash that may be stored of a key: that of now first. */
export function apiKeyHashes(key: string, peppers: Keyring | string): Buffer[] {
  const { all, named } = ringOf(peppers);
  const hashes = all.map(({ id, secret }) => ({ id, hash: keyed('api-key', key, secret) }));
  const [withId, without] = [hashes.map(({ id, hash }) => Buffer.concat([id, hash])), hashes.map(({ hash }) => hash)];
  return named ? [...withId, ...without] : [...without, ...withId];
}

/** The secrets of a stored key, of which the one before a rotation is accepted for a while. */
interface KeySecrets {
  rotations: number;
  hash: Buffer;
  previousHash: Buffer | null;
  previousEndsAt: Date | null;
}

/** Which secret of a key has one of the hashes of what was shown, by the number of its rotations; null: none that is accepted. */
export function shownSecret(shown: readonly Buffer[], secrets: KeySecrets, now: Date): { rotations: number; stored: Buffer } | null {
  const { rotations, hash, previousHash, previousEndsAt } = secrets;
  if (isAmong(shown, hash)) return { rotations, stored: hash };
  if (previousHash === null || previousEndsAt === null || previousEndsAt <= now) return null;
  return isAmong(shown, previousHash) ? { rotations: rotations - 1, stored: previousHash } : null;
}

/** Whether a stored hash should be made anew: it is of a pepper that is replaced, or does not say of which. One of the next pepper is not. */
export function isOutdated(stored: Buffer, peppers: Keyring | string): boolean {
  const ring = ringOf(peppers);
  if (!ring.named) return false;
  return stored.length === PEPPER_ID_BYTES + HASH_BYTES ? ring.partOf(stored.subarray(0, PEPPER_ID_BYTES)) === 'previous' : true;
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

function isAmong(shown: readonly Buffer[], stored: Buffer): boolean {
  return shown.map((one) => equal(one, stored)).includes(true);
}

function ringOf(peppers: Keyring | string): Keyring {
  return Keyring.from(peppers);
}

/** In constant time for texts of equal length, which these are. */
function equal(left: Buffer, right: Buffer): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}
