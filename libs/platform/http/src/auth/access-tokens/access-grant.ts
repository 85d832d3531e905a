import { MAX_CALLER_STATION_GROUPS, MAX_STATION_GROUP_LENGTH, TENANT_PATTERN } from '@voltbus/contracts';
import type { AccessRule } from '@voltbus/runtime';
import type { TenantRole } from '../permissions';

/** Claims that are one text of several values. */
const SPACE_SEPARATED: ReadonlySet<string> = new Set(['scope', 'scp']);

/** What an access token gives in one tenant. */
export interface AccessGrant {
  tenant: string;
  role: TenantRole;
  /** Null: it is of the whole tenant. */
  stationGroups: readonly string[] | null;
}

/** One grant of one token, as long as it lasts. */
export interface TokenGrant extends AccessGrant {
  /** `<name of the issuer>:<subject>`. */
  actor: string;
  /** Epoch milliseconds. */
  endsAt: number;
}

export type Claims = Readonly<Record<string, unknown>>;

/** What the rules give for the claims of a token, in their order. A rule whose claims are not all there gives nothing. */
export function grantsOf(claims: Claims, rules: readonly AccessRule[]): AccessGrant[] {
  return rules.flatMap((rule) => grantOf(claims, rule) ?? []);
}

function grantOf(claims: Claims, rule: AccessRule): AccessGrant | null {
  const isMatched = Object.entries(rule.claims).every(([name, wanted]) => {
    const values = valuesOf(claims, name);
    return [wanted].flat().some((value) => values.includes(value));
  });
  if (!isMatched) return null;
  const tenant = rule.tenant ?? onlyValue(claims, rule.tenantClaim);
  const stationGroups = stationGroupsOf(claims, rule);
  if (tenant === null || !TENANT_PATTERN.test(tenant) || stationGroups === 'unknown') return null;
  return { tenant, role: rule.role, stationGroups };
}

/** Those claims that the rules read, and none of what else a token tells of a person. */
export function claimsOfRules(claims: Claims, rules: readonly AccessRule[]): Claims {
  const names = rules.flatMap((rule) => [...Object.keys(rule.claims), rule.tenantClaim, rule.stationGroupsClaim]);
  const kept = names.flatMap((name) => {
    const whole = name === undefined || Object.hasOwn(claims, name) ? name : name.split('.')[0];
    return whole !== undefined && Object.hasOwn(claims, whole) ? [[whole, claims[whole]] as const] : [];
  });
  return Object.fromEntries(kept);
}

/** Groups that a claim should name and does not are not the whole tenant; a token that names too many gives nothing. */
function stationGroupsOf(claims: Claims, { stationGroups, stationGroupsClaim }: AccessRule): readonly string[] | null | 'unknown' {
  if (stationGroupsClaim === undefined) return stationGroups ?? null;
  const named = valuesOf(claims, stationGroupsClaim);
  const isUsable =
    named.length > 0 &&
    named.length <= MAX_CALLER_STATION_GROUPS &&
    named.every((one) => one !== '' && one.length <= MAX_STATION_GROUP_LENGTH);
  return isUsable ? named : 'unknown';
}

function onlyValue(claims: Claims, name: string | undefined): string | null {
  const values = name === undefined ? [] : valuesOf(claims, name);
  return values.length === 1 ? (values[0] ?? null) : null;
}

/** The texts of a claim: one, or a list. Anything else has none. */
function valuesOf(claims: Claims, name: string): readonly string[] {
  const claim = claimOf(claims, name);
  if (typeof claim === 'string') return SPACE_SEPARATED.has(name) ? claim.split(' ').filter((one) => one !== '') : [claim];
  return isTexts(claim) ? claim : [];
}

function isTexts(claim: unknown): claim is string[] {
  return Array.isArray(claim) && claim.every((one) => typeof one === 'string');
}

/** By its whole name, else by the path that the dots in it make (`realm_access.roles`). */
function claimOf(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  let claim: unknown = claims;
  for (const part of name.split('.')) {
    if (typeof claim !== 'object' || claim === null || !Object.hasOwn(claim, part)) return undefined;
    claim = (claim as Claims)[part];
  }
  return claim;
}
