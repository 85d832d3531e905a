import { MAX_CALLER_STATION_GROUPS, MAX_STATION_GROUP_LENGTH, TENANT_PATTERN, TENANT_ROLES } from '@voltbus/contracts';
import { z } from 'zod';

/** Signatures that an access token may have: of key pairs only. `none` and HMAC (HS256 ...) are in no list. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const;
const USUAL_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;

const MAX_ISSUERS = 20;
const MAX_RULES = 200;
/** Names what changes variables of stations beside callers: no issuer is called so. */
const PROFILE = 'profile';
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Scopes of a sign-in: as RFC 6749 writes them. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]{1,256}$/;
const MAX_SCOPES = 20;

/** Keys that come over plain HTTP could be anybody's. */
export function isSafeUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, hash, username, password } = new URL(text);
  if (`${hash}${username}${password}` !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname));
}

const safeUrl = z
  .string()
  .max(1_024)
  .refine(isSafeUrl, 'must be an https:// URL (http:// for this machine only) without credentials and fragment');
const claimName = z.string().min(1).max(256);
const claimValue = z.string().min(1).max(256);

const accessSchema = z
  .strictObject({
    /** All of them must be in the token, each with one of the values. */
    claims: z
      .record(claimName, z.union([claimValue, z.array(claimValue).min(1).max(100)]))
      .refine((claims) => Object.keys(claims).length > 0, {
        message: 'must name a claim: without one, every token of the issuer would have access',
      }),
    tenant: z.string().regex(TENANT_PATTERN).optional(),
    tenantClaim: claimName.optional(),
    role: z.enum(TENANT_ROLES),
    stationGroups: z.array(z.string().min(1).max(MAX_STATION_GROUP_LENGTH)).min(1).max(MAX_CALLER_STATION_GROUPS).optional(),
    stationGroupsClaim: claimName.optional(),
  })
  .refine(({ tenant, tenantClaim }) => (tenant === undefined) !== (tenantClaim === undefined), 'has either tenant or tenantClaim')
  .refine(
    ({ stationGroups, stationGroupsClaim }) => stationGroups === undefined || stationGroupsClaim === undefined,
    'has either stationGroups or stationGroupsClaim, or none of them',
  );

/** People sign in with a browser at this issuer (OpenID Connect Core 1.0, section 3.1). */
const signInSchema = z.strictObject({
  clientId: z.string().min(1).max(1_024),
  /** Asked for beside `openid`. */
  scopes: z.array(z.string().regex(SCOPE, 'must be a scope, without blanks')).max(MAX_SCOPES).default(['profile']),
});

const issuerSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be lower-case letters, digits and hyphens, at most 32, and begin with a letter')
    .refine((name) => name !== PROFILE, `is taken: \`${PROFILE}:\` stands before the names of configuration profiles`),
  issuer: safeUrl,
  audience: z.string().min(1).max(1_024),
  jwksUrl: safeUrl.optional(),
  algorithms: z
    .array(z.enum(ALGORITHMS))
    .min(1)
    .default([...USUAL_ALGORITHMS]),
  access: z.array(accessSchema).min(1).max(MAX_RULES),
  signIn: signInSchema.optional(),
});

/** Who issues access tokens that the API takes, and what they give. */
export type TokenIssuer = z.output<typeof issuerSchema>;
/** One rule of an issuer: the claims that a token must have, and what it then gives. */
export type AccessRule = TokenIssuer['access'][number];

/** `VOLTBUS_OIDC_ISSUERS`: JSON. */
export const tokenIssuers = z
  .string()
  .transform((json, context): unknown => {
    try {
      return JSON.parse(json);
    } catch {
      context.addIssue({ code: 'custom', message: 'must be JSON' });
      return z.NEVER;
    }
  })
  .pipe(
    z
      .array(issuerSchema)
      .min(1)
      .max(MAX_ISSUERS)
      .refine((issuers) => new Set(issuers.map(({ name }) => name)).size === issuers.length, 'names two issuers alike')
      .refine((issuers) => new Set(issuers.map(({ issuer }) => issuer)).size === issuers.length, 'has an issuer twice')
      .refine((issuers) => issuers.filter(({ signIn }) => signIn !== undefined).length <= 1, 'has `signIn` at more than one issuer')
      .refine((issuers) => !issuers.some(({ audience }) => issuers.some(({ signIn }) => signIn?.clientId === audience)), {
        message: 'has the client of `signIn` as an audience: ID tokens of people would be taken as access tokens',
      }),
  );
