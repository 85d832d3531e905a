import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Keeps secrets that must be known again, which a hash would not do: unreadable without the pepper, and good only for the purpose and the owner they
 * were closed for. A new pepper opens none of them.
 */
export class SecretBox {
  private readonly key: Buffer;

  constructor(pepper: string, purpose: string) {
    this.key = createHmac('sha256', pepper).update(purpose).digest();
  }

  close(secret: string | Buffer, owner: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.key, nonce).setAAD(Buffer.from(owner));
    const closed = Buffer.concat([cipher.update(Buffer.from(secret)), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), closed]);
  }

  /** Null: it was closed with another pepper, or for another owner. */
  open(box: Buffer, owner: string): string | null {
    return this.openBytes(box, owner)?.toString('utf8') ?? null;
  }

  /** The same, of what is no text. */
  openBytes(box: Buffer, owner: string): Buffer | null {
    const [nonce, tag, closed] = [
      box.subarray(0, NONCE_BYTES),
      box.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES),
      box.subarray(NONCE_BYTES + TAG_BYTES),
    ];
    try {
      const decipher = createDecipheriv(CIPHER, this.key, nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(owner)).setAuthTag(tag);
      return Buffer.concat([decipher.update(closed), decipher.final()]);
    } catch {
      return null;
    }
  }
}
