import type { Keyring } from './keyring';
import { stationKey, type StationRef } from './ids';
import { SecretBox } from './secret-box';

/** Begins every such value; the rest is in Base64 for URLs. */
export const SEALED_SECRET_PREFIX = 'voltbus-sealed:1:';
/** Deepest member of a payload that is looked at: `SetVariables` has its values at depth 2. */
const MAX_DEPTH = 8;

/** Whether a value of a command stands for a secret of its station that only the gateway reads. */
export function isSealedSecret(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith(SEALED_SECRET_PREFIX);
}

/** A secret of a station that is sealed cannot be read: a key that is not set here, another station, or nobody's. */
export class SealedSecretUnreadable extends Error {}

/**
 * Secrets that a service sends to a station: sealed where a payload is built, and opened by the gateway as it writes the frame, so that no topic, table or
 * log between the two has them. A sealed secret is good for its station alone.
 */
export class SealedSecrets {
  private readonly box: SecretBox;

  constructor(keys: Keyring | string) {
    this.box = new SecretBox(keys, 'station-secret');
  }

  /** Some 100 characters longer than the secret, so that it fits the schemas of OCPP. */
  seal(ref: StationRef, secret: string): string {
    return SEALED_SECRET_PREFIX + this.box.close(secret, stationKey(ref)).toString('base64url');
  }

  /** The payload with its secrets; the same one where it has none that is sealed. Throws `SealedSecretUnreadable`. */
  opened(ref: StationRef, payload: unknown): unknown {
    return this.open(stationKey(ref), payload, 0);
  }

  private open(owner: string, value: unknown, depth: number): unknown {
    if (isSealedSecret(value)) {
      const secret = this.box.open(Buffer.from(String(value).slice(SEALED_SECRET_PREFIX.length), 'base64url'), owner);
      if (secret === null) throw new SealedSecretUnreadable('a secret of the command cannot be opened');
      return secret;
    }
    if (typeof value !== 'object' || value === null || depth >= MAX_DEPTH) return value;
    if (Array.isArray(value)) return value.map((one) => this.open(owner, one, depth + 1));
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, this.open(owner, one, depth + 1)]));
  }
}
