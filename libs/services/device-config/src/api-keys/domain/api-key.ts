import { createHmac, timingSafeEqual } from 'node:crypto';

/** Bytes of chance in a key: the part that finds it, and the part that is its secret. */
export const API_KEY_ID_BYTES = 8;
export const API_KEY_SECRET_BYTES = 32;

/** `vbk_<id>_<secret>_<seal>`: begins so that scanners of leaked secrets can tell it. */
const FORM = /^(vbk_([0-9a-f]{16})_[A-Za-z0-9_-]{43})_([A-Za-z0-9_-]{16})$/;
const SEAL_CHARACTERS = 16;

export interface ApiKeyText {
  id: string;
  /** As the caller says it, whole. */
  key: string;
}

/** A key made of chance. Its seal lets us tell keys that we never made without looking any of them up. */
export function formApiKey({ id, secret, pepper }: { id: Buffer; secret: Buffer; pepper: string }): ApiKeyText {
  const body = `vbk_${id.toString('hex')}_${secret.toString('base64url')}`;
  return { id: id.toString('hex'), key: `${body}_${seal(body, pepper)}` };
}

/** Null: we never made such a key. */
export function readApiKey(text: string, pepper: string): ApiKeyText | null {
  const [, body, id, said] = FORM.exec(text) ?? [];
  if (body === undefined || id === undefined || said === undefined) return null;
  return equal(Buffer.from(said), Buffer.from(seal(body, pepper))) ? { id, key: text } : null;
}

/** What is stored of a key. A key is all chance: one round is enough, and every request pays for it. */
export function apiKeyHash(key: string, pepper: string): Buffer {
  return keyed('api-key', key, pepper);
}

export function isApiKey(key: string, hash: Buffer, pepper: string): boolean {
  return equal(apiKeyHash(key, pepper), hash);
}

export function expired({ expiresAt }: { expiresAt: Date | null }, now: Date): boolean {
  return expiresAt !== null && expiresAt <= now;
}

function seal(body: string, pepper: string): string {
  return keyed('api-key-seal', body, pepper).toString('base64url').slice(0, SEAL_CHARACTERS);
}

/** The purpose keeps what is made of one pepper apart. */
function keyed(purpose: string, text: string, pepper: string): Buffer {
  return createHmac('sha256', pepper).update(`${purpose}:${text}`).digest();
}

/** In constant time for texts of equal length, which these are. */
function equal(left: Buffer, right: Buffer): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}
