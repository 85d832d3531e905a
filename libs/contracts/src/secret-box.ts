import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { Keyring } from './keyring';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Begins a value that names its key. A value of the form before begins with a random nonce; that one looks like this is found out when it is opened. */
const MARK = Buffer.from([0x00, 0x56, 0x42, 0x02]);
const KEY_ID_BYTES = 8;
/** Of a value that names its key: the mark and the id of the key. A multiple of three, so that in Base64 it is a prefix too. */
export const HEADER_BYTES = MARK.length + KEY_ID_BYTES;

/**
 * Keeps secrets that must be known again, which a hash would not do: unreadable without the encryption key, and good only for the purpose and the owner
 * they were closed for. The current key closes; every key of the keyring opens.
 */
export class SecretBox {
  private readonly keyring: Keyring;
  /** By the hex of their id, in the order in which they are tried: the current one first. */
  private readonly keys: ReadonlyMap<string, Buffer>;

  /** A text is the only key there is. `addition`: what the caller alone knows, without which no key opens. */
  constructor(keys: Keyring | string, purpose: string, addition?: string) {
    this.keyring = Keyring.from(keys);
    const whole = (secret: string) => (addition === undefined ? secret : `${secret}\0${addition}`);
    const derived = (secret: string) => createHmac('sha256', whole(secret)).update(purpose).digest();
    this.keys = new Map(this.keyring.all.map(({ id, secret }) => [id.toString('hex'), derived(secret)]));
  }

  close(secret: string | Buffer, owner: string): Buffer {
    const [current] = this.keys;
    if (current === undefined) throw new Error('a keyring has a current key');
    const [id, key] = current;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(owner));
    const closed = Buffer.concat([cipher.update(Buffer.from(secret)), cipher.final()]);
    const header = this.keyring.named ? [MARK, Buffer.from(id, 'hex')] : [];
    return Buffer.concat([...header, nonce, cipher.getAuthTag(), closed]);
  }

  /** Null: it was closed under a key that is not in the keyring, or for another owner. */
  open(box: Buffer, owner: string): string | null {
    return this.openBytes(box, owner)?.toString('utf8') ?? null;
  }

  /** The same, of what is no text. */
  openBytes(box: Buffer, owner: string): Buffer | null {
    const id = keyIdOf(box);
    const named = id === null ? undefined : this.keys.get(id.toString('hex'));
    const opened = named === undefined ? null : decipher(box.subarray(HEADER_BYTES), named, owner);
    if (opened !== null) return opened;
    for (const key of this.keys.values()) {
      const unnamed = decipher(box, key, owner);
      if (unnamed !== null) return unnamed;
    }
    return null;
  }
}

/** The id of the key that a value names; null: it names none. */
export function keyIdOf(box: Buffer): Buffer | null {
  return box.length >= HEADER_BYTES && box.subarray(0, MARK.length).equals(MARK) ? box.subarray(MARK.length, HEADER_BYTES) : null;
}

/** Null: it is not of this key and owner. */
function decipher(box: Buffer, key: Buffer, owner: string): Buffer | null {
  const [nonce, tag, closed] = [
    box.subarray(0, NONCE_BYTES),
    box.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES),
    box.subarray(NONCE_BYTES + TAG_BYTES),
  ];
  try {
    const opener = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(owner)).setAuthTag(tag);
    return Buffer.concat([opener.update(closed), opener.final()]);
  } catch {
    return null;
  }
}
