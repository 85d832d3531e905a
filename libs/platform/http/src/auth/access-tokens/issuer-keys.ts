import { CsmsError } from '@voltbus/contracts';
import { createLocalJWKSet, errors, type CryptoKey, type FlattenedJWSInput, type JWSHeaderParameters } from 'jose';
import type { JwksSource } from './jwks-source';

/** Keys younger than that are used without a question. */
const FRESH_MS = 600_000;
/** Keys are used for so long while their issuer does not answer; then its tokens are answered 503. */
const STALE_MS = 43_200_000;
/** How often a key that is not among them makes us look again: a rotation is noticed, and tokens with invented ids cause no storm. */
const LOOK_AGAIN_MS = 30_000;
/** How long an issuer that has failed is left alone. */
export const RETRY_MS = 10_000;

type Pick = ReturnType<typeof createLocalJWKSet>;

interface IssuerKeysParts {
  source: JwksSource;
  telemetry: { keysFetched(outcome: 'fetched' | 'failed', error?: unknown): void };
  /** Milliseconds, which never go back. */
  now?: () => number;
}

/** The public keys of one issuer, fetched when they are needed and kept in memory. However many requests wait, one fetch is under way. */
export class IssuerKeys {
  private held: { pick: Pick; at: number } | null = null;
  private fetching: Promise<Pick> | null = null;
  private failedAt = -Infinity;
  private readonly now: () => number;

  constructor(private readonly parts: IssuerKeysParts) {
    this.now = parts.now ?? (() => performance.now());
  }

  /** The key that a token says it is signed with. Rejects with `issuer-unavailable` where the keys cannot be had, and with jose's error where it is not among them. */
  async keyFor(header: JWSHeaderParameters, token: FlattenedJWSInput): Promise<CryptoKey> {
    const pick = await this.current();
    try {
      return await pick(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || !this.mayLookAgain()) throw error;
    }
    return (await this.refreshed())(header, token);
  }

  private async current(): Promise<Pick> {
    if (this.held !== null && this.now() - this.held.at < FRESH_MS) return this.held.pick;
    return this.refreshed();
  }

  private mayLookAgain(): boolean {
    return this.held !== null && this.now() - this.held.at >= LOOK_AGAIN_MS;
  }

  /** Fetched anew, or as they are held while that fails. */
  private async refreshed(): Promise<Pick> {
    if (this.now() - this.failedAt >= RETRY_MS) {
      try {
        return await (this.fetching ??= this.fetch().finally(() => (this.fetching = null)));
      } catch (error) {
        if (!this.isHeld()) throw issuerUnavailable(NO_KEYS, error);
      }
    }
    if (this.held === null || !this.isHeld()) throw issuerUnavailable(NO_KEYS);
    return this.held.pick;
  }

  private isHeld(): boolean {
    return this.held !== null && this.now() - this.held.at < STALE_MS;
  }

  private async fetch(): Promise<Pick> {
    try {
      const pick = createLocalJWKSet(await this.parts.source());
      this.held = { pick, at: this.now() };
      this.failedAt = -Infinity;
      this.parts.telemetry.keysFetched('fetched');
      return pick;
    } catch (error) {
      this.failedAt = this.now();
      this.parts.telemetry.keysFetched('failed', error);
      throw error;
    }
  }
}

const NO_KEYS = 'the keys of the issuer of the access token cannot be had now';

/** The issuer is left alone for a while. */
export function issuerUnavailable(detail: string, cause?: unknown): CsmsError {
  return new CsmsError('issuer-unavailable', detail, { retryAfterSeconds: RETRY_MS / 1_000 }, { cause });
}
