import { SecretBox, type Keyring } from '@voltbus/contracts';
import { createHmac, randomBytes } from 'node:crypto';

/** Of Standard Webhooks: what a secret begins with, and how many bytes it has (24 to 64). */
const PREFIX = 'whsec_';
const SECRET_BYTES = 32;

/** A secret as it is stored: encrypted. */
export interface SealedSecret {
  /** `<tenant>/<id of the webhook>`. */
  owner: string;
  sealed: Buffer;
}

/** A message as it is signed; `timestamp` is in seconds since 1970. */
interface SignedMessage {
  id: string;
  timestamp: number;
  body: string;
}

/** Makes secrets, keeps them unreadable without the encryption key, and signs with them. */
export class SigningSecrets {
  private readonly box: SecretBox;

  constructor(keys: Keyring | string) {
    this.box = new SecretBox(keys, 'webhook-secret');
  }

  /** A new secret: as it is shown once, and as it is stored. */
  issue(owner: string): { secret: string; sealed: Buffer } {
    const secret = `${PREFIX}${randomBytes(SECRET_BYTES).toString('base64')}`;
    return { secret, sealed: this.box.close(secret, owner) };
  }

  /** `webhook-signature` of Standard Webhooks: a signature by each secret. Null: one is encrypted under a key that is not set. */
  sign(secrets: readonly SealedSecret[], { id, timestamp, body }: SignedMessage): string | null {
    const signatures: string[] = [];
    for (const { owner, sealed } of secrets) {
      const secret = this.box.open(sealed, owner);
      if (secret === null) return null;
      const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
      signatures.push(`v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`);
    }
    return signatures.join(' ');
  }
}
