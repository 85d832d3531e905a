/** What a key of a tenant may do. None includes another: a key that only starts sessions reads nothing. */
export const SCOPES = ['read', 'operate', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** Whose a key is, and what it may do. */
export interface KeyHolder {
  /** Of the key; not secret. */
  id: string;
  tenant: string;
  scopes: readonly Scope[];
}

/** The keys of the tenants. The administrator's key is none of them. */
export interface ApiKeys {
  /** Null: no key of ours, or not any more. Rejects while that cannot be known: the caller is then told 503, not 401. */
  holderOf(key: string): Promise<KeyHolder | null>;
}

/** Where a process that knows tenants' keys provides its `ApiKeys`. Without it only the administrator is let in. */
export const API_KEYS = Symbol('api-keys');

export const noApiKeys: ApiKeys = { holderOf: () => Promise.resolve(null) };
