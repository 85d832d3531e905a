import type { Rights } from './permissions';

/** The tenant that a key belongs to, and the key's rights. */
export interface KeyHolder {
  /** Of the key; not secret. */
  id: string;
  tenant: string;
  rights: Rights;
  /** The station groups that it is limited to; null: it is of the whole tenant. */
  stationGroups: readonly string[] | null;
}

/** The keys of the tenants. The administrator's key is none of them. */
export interface ApiKeys {
  /**
   * Null for a key that does not exist, or no longer. Rejects while that cannot be known: the caller is then answered 503, not 401; and with
   * `address-not-allowed` where the key may not be used from the caller's address.
   */
  holderOf(key: string, address: string | undefined): Promise<KeyHolder | null>;
  /** By the key's id, for what was made with the key and outlives the request, from whatever address: null once it was revoked or has expired. Rejects as `holderOf` does. */
  holderWithId(id: string): Promise<KeyHolder | null>;
}

/** Injection token of the `ApiKeys`, for the module that knows the tenants' keys. Without it only the administrator is admitted. */
export const API_KEYS = Symbol('api-keys');

export const noApiKeys: ApiKeys = { holderOf: () => Promise.resolve(null), holderWithId: () => Promise.resolve(null) };
