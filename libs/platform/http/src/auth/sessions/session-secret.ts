import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Keyring } from '@voltbus/contracts';

const SECRET_BYTES = 32;
const SEAL_CHARACTERS = 16;
/** `<secret>.<seal>`. */
const FORM = /^([\w-]{43})\.([\w-]{16})$/;

/** What hashes are made of beside the secret: a session of the administrator ends with the key that began it. */
type HashedWith = { kind: 'person' } | { kind: 'administrator'; key: string };

/** The value of a session's cookie. Its seal shows without a lookup whether we made it. */
export function makeSecret(peppers: Keyring): string {
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  return `${secret}.${seal(secret, peppers.all[0]?.secret ?? '')}`;
}

/** Whether a value was made here, under a pepper that is still known. */
export function isOurs(value: string, peppers: Keyring): boolean {
  const [, secret, given] = FORM.exec(value) ?? [];
  if (secret === undefined || given === undefined) return false;
  return peppers.all.map((pepper) => timingSafeEqual(Buffer.from(given), Buffer.from(seal(secret, pepper.secret)))).includes(true);
}

/** What is stored of a value: it is random, so one round is enough. */
export function hashOf(value: string, holder: HashedWith): Buffer {
  return createHmac('sha256', value)
    .update(holder.kind === 'person' ? 'person' : `administrator\0${holder.key}`)
    .digest();
}

function seal(secret: string, pepper: string): string {
  return createHmac('sha256', pepper).update(`session-seal:${secret}`).digest('base64url').slice(0, SEAL_CHARACTERS);
}
