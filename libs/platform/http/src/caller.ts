import type { Scope } from './api-keys';

/** Who makes a request. */
export interface Caller {
  /** The tenant it is about. */
  tenant: string;
  administrator: boolean;
  /** Of a tenant's key; null: the administrator's. */
  key: { id: string; scopes: readonly Scope[] } | null;
  /** Throws `not-found` where there is no such tenant: an administrator may name any. */
  mustHaveTenant(): Promise<void>;
  /** Asks again, for answers that go on for long: false once the key was revoked or has expired. Rejects while that cannot be known. */
  stillAdmitted(): Promise<boolean>;
}
