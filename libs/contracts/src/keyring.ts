import { createHmac } from 'node:crypto';

const ID_BYTES = 8;

/** A secret of the settings that encrypts, by its id, which shows nothing of it. */
interface NamedKey {
  /** Of eight bytes: the beginning of an HMAC. */
  id: Buffer;
  secret: string;
}

/** How a key takes part: it encrypts; it was the current one before; it will be the current one. */
export type KeyPart = 'current' | 'previous' | 'next';

interface Keys {
  current: string;
  previous?: readonly string[];
  next?: readonly string[];
  /**
   * Whether encrypted values name their key. An installation that never had but one key writes them as earlier versions did, so that those can
   * read them beside it and after it.
   */
  named: boolean;
}

/** The keys under which secrets are kept encrypted: one encrypts, all decrypt. */
export class Keyring {
  readonly named: boolean;
  /** The current one first; each once. */
  readonly all: readonly NamedKey[];
  private readonly parts = new Map<string, KeyPart>();

  constructor({ current, previous = [], next = [], named }: Keys) {
    this.named = named;
    const all: NamedKey[] = [];
    const add = (part: KeyPart, secrets: readonly string[]): void => {
      for (const key of secrets.map(namedKey)) {
        if (this.partOf(key.id) !== null) continue;
        this.parts.set(key.id.toString('hex'), part);
        all.push(key);
      }
    };
    add('current', [current]);
    add('next', next);
    add('previous', previous);
    this.all = all;
  }

  /** Only one key, whose values do not name it. */
  static of(secret: string): Keyring {
    return new Keyring({ current: secret, named: false });
  }

  /** The keyring itself; of a text, the only key there is. */
  static from(keys: Keyring | string): Keyring {
    return typeof keys === 'string' ? Keyring.of(keys) : keys;
  }

  /** Null: no key here has that id. */
  partOf(id: Buffer): KeyPart | null {
    return this.parts.get(id.toString('hex')) ?? null;
  }
}

function namedKey(secret: string): NamedKey {
  return { id: createHmac('sha256', secret).update('key id').digest().subarray(0, ID_BYTES), secret };
}
