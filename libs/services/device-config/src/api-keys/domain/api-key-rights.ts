import { rightsOfRole, rightsOfScopes, type Rights, type Scope, type TenantRole } from '@voltbus/http';

/** What a key may do: what its role may, or what its scopes allow. */
export interface GivenRights {
  /** Null: the key has scopes. */
  role: TenantRole | null;
  /** Empty where it has a role. */
  scopes: Scope[];
}

export function rightsOf({ role, scopes }: GivenRights): Rights {
  return role === null ? rightsOfScopes(scopes) : rightsOfRole(role);
}
