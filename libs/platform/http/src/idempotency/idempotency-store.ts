/** Injection token of the `IdempotencyStore`, which device-config's HTTP module provides. Without it an `Idempotency-Key` has no effect, except on commands. */
export const IDEMPOTENCY_STORE = Symbol.for('voltbus.idempotency-store');

/** Hours for which an answer is kept under its key. */
export const KEPT_HOURS = 24;
/** A request that has worked for longer than this, in seconds, is taken for dead. Every wait below a request has a shorter deadline. */
export const MAX_WORKING_SECONDS = 60;
/** Keys of the last 24 hours that one tenant may have. */
export const MAX_KEYS_OF_TENANT = 50_000;
/** Bytes of an answer that is kept, as JSON. */
export const MAX_ANSWER_BYTES = 65_536;

/** One caller's use of one key; neither key nor request can be read from it. */
export interface KeyUse {
  tenant: string;
  /** Id of the API key, or `administrator`. */
  caller: string;
  /** Digest of the `Idempotency-Key`. */
  key: string;
  /** Digest of the route and of everything that was sent. */
  fingerprint: string;
}

/** The state of a key: `claimed` by this request, or taken by an earlier one. */
export type KeyClaim =
  | { kind: 'claimed'; claim: string }
  /** `answer` is null while the earlier request works, and for good where its process died. */
  | { kind: 'taken'; fingerprint: string; answer: Buffer | null; ageSeconds: number }
  /** The tenant has `MAX_KEYS_OF_TENANT` keys. */
  | { kind: 'full' };

/** Keys of requests with their encrypted answers. Of requests at the same time one gets the claim. */
export interface IdempotencyStore {
  claim(use: KeyUse): Promise<KeyClaim>;
  /** The claim of an earlier request that is still kept; null: there is none. */
  find(use: KeyUse): Promise<Extract<KeyClaim, { kind: 'taken' }> | null>;
  /** Keeps the answer of the request that has this claim. */
  complete(use: KeyUse, claim: string, answer: Buffer): Promise<void>;
  /** Frees the key: the request was not carried out. */
  release(use: KeyUse, claim: string): Promise<void>;
}
