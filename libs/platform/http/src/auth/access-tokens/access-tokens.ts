import { CsmsError } from '@voltbus/contracts';
import type { TokenIssuer } from '@voltbus/runtime';
import { decodeJwt, errors, jwtVerify, type JWTPayload } from 'jose';
import { grantsOf, type TokenGrant } from './access-grant';
import { IssuerKeys } from './issuer-keys';
import { jwksSourceOf } from './jwks-source';

/** Characters of a token; more fit into no request beside other headers. */
const MAX_TOKEN_LENGTH = 8_192;
/** How far the clocks of an issuer and ours may be apart. */
const CLOCK_SKEW_SECONDS = 30;
/** The longest that a token may still live: it cannot be taken back before it ends. */
const MAX_LIFE_SECONDS = 86_400;
/** Printable ASCII of a length as OpenID Connect bounds it (Core 1.0, section 2). */
const SUBJECT = /^[\x20-\x7e]{1,255}$/;
/** Three parts in base64url; the last is empty where nothing is signed. No API key has a dot. */
const COMPACT_JWS = /^[\w-]+\.[\w-]*\.[\w-]*$/;

interface AccessTokensParts {
  telemetry: { keysFetched(issuer: string, outcome: 'fetched' | 'failed', error?: unknown): void };
  /** Milliseconds, which never go back. */
  monotonic?: () => number;
}

interface KnownIssuer extends TokenIssuer {
  keys: IssuerKeys;
}

/** What an ID token is for: this client, and the sign-in with this nonce. */
interface ExpectedIdToken {
  issuer: string;
  clientId: string;
  nonce: string;
}

/** Verifies access tokens and ID tokens (JWT) of the issuers that the settings name. */
export class AccessTokens {
  private readonly issuers: ReadonlyMap<string, KnownIssuer>;

  constructor(issuers: readonly TokenIssuer[], { telemetry, monotonic }: AccessTokensParts) {
    this.issuers = new Map(
      issuers.map((one) => {
        const counted = { keysFetched: telemetry.keysFetched.bind(telemetry, one.name) };
        const keys = new IssuerKeys({
          source: jwksSourceOf(one),
          telemetry: counted,
          ...(monotonic === undefined ? {} : { now: monotonic }),
        });
        return [one.issuer, { ...one, keys }];
      }),
    );
  }

  /** Whether a bearer credential has the form of a token; else it is a key. */
  isToken(credential: string): boolean {
    return COMPACT_JWS.test(credential);
  }

  /**
   * What a token gives, at least one thing, in the order of the rules. Rejects with `invalid-access-token` and the reason, with `no-access` where the token is good and no rule gives it anything, and with `issuer-unavailable`
   * while its issuer's keys cannot be had.
   */
  async accessOf(token: string, now = new Date()): Promise<readonly TokenGrant[]> {
    if (token.length > MAX_TOKEN_LENGTH) throw invalid(`is longer than ${MAX_TOKEN_LENGTH} characters`);
    const issuer = this.issuerOf(token);
    const claims = await verified(token, issuer, { now, invalid });
    const { sub = '', exp = 0 } = claims;
    if (!SUBJECT.test(sub)) throw invalid('has no `sub` of 1 to 255 ASCII characters');
    if (exp - now.getTime() / 1_000 > MAX_LIFE_SECONDS) throw invalid(`lives for longer than ${MAX_LIFE_SECONDS} seconds`);
    if (claims['cnf'] !== undefined) throw invalid('is bound to a key of its client (`cnf`), which a bearer does not prove');
    const grants = grantsOf(claims, issuer.access);
    if (grants.length === 0) throw new CsmsError('no-access', 'the access token is valid, and no rule gives it a role here');
    return grants.map((grant) => ({ ...grant, actor: `${issuer.name}:${sub}`, endsAt: exp * 1_000 }));
  }

  /** By what the token says of itself, which decides only whose keys it is verified with. */
  private issuerOf(token: string): KnownIssuer {
    const { iss } = readable(() => decodeJwt(token));
    const issuer = typeof iss === 'string' ? this.issuers.get(iss) : undefined;
    if (issuer === undefined) throw invalid('is of no issuer that this API takes tokens of (`iss`)');
    return issuer;
  }

  /**
   * Who has signed in, by an ID token that came from its issuer's token endpoint (OpenID Connect Core 1.0, section 3.1.3.7). Rejects with `sign-in-failed` and the
   * reason, and with `issuer-unavailable` while the issuer's keys cannot be had.
   */
  async personOf(
    token: string,
    { issuer: url, clientId, nonce }: ExpectedIdToken,
    now = new Date(),
  ): Promise<{ subject: string; claims: JWTPayload }> {
    const issuer = this.issuers.get(url);
    if (issuer === undefined || token.length > MAX_TOKEN_LENGTH) throw invalidIdToken(`is longer than ${MAX_TOKEN_LENGTH} characters`);
    const claims = await verified(token, { ...issuer, audience: clientId }, { now, invalid: invalidIdToken });
    const { sub = '', azp } = claims;
    if (!SUBJECT.test(sub)) throw invalidIdToken('has no `sub` of 1 to 255 ASCII characters');
    if (claims['nonce'] !== nonce) throw invalidIdToken('is of another sign-in (`nonce`)');
    if (azp === undefined ? Array.isArray(claims.aud) && claims.aud.length > 1 : azp !== clientId)
      throw invalidIdToken('was made for another client (`azp`)');
    return { subject: sub, claims };
  }
}

/** The claims of a token that is signed with a key of its issuer, for this audience, and that has not ended. `invalid`: the error of one that is not. */
async function verified(
  token: string,
  { issuer, audience, algorithms, keys }: KnownIssuer,
  { now, invalid: refused }: { now: Date; invalid: (fault: string) => CsmsError },
): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, (header, jws) => keys.keyFor(header, jws), {
      ...{ issuer, audience, algorithms: [...algorithms] },
      ...{ clockTolerance: CLOCK_SKEW_SECONDS, currentDate: now, requiredClaims: ['exp', 'sub'] },
    });
    return payload;
  } catch (error) {
    throw error instanceof CsmsError ? error : refused(faultOf(error));
  }
}

function readable<T>(read: () => T): T {
  try {
    return read();
  } catch {
    throw invalid('cannot be read');
  }
}

function invalid(fault: string): CsmsError {
  return new CsmsError('invalid-access-token', `the access token ${fault}`);
}

function invalidIdToken(fault: string): CsmsError {
  return new CsmsError('sign-in-failed', `the ID token ${fault}`);
}

function faultOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'has expired (`exp`)';
  if (error instanceof errors.JWTClaimValidationFailed)
    return error.reason === 'missing' ? `has no \`${error.claim}\`` : faultOfClaim(error.claim);
  if (error instanceof errors.JOSEAlgNotAllowed) return 'is signed by an algorithm that is not allowed (`alg`)';
  if (error instanceof errors.JWKSNoMatchingKey) return 'is signed with a key that its issuer does not publish (`kid`, `alg`)';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'has a wrong signature';
  return 'cannot be read';
}

function faultOfClaim(claim: string): string {
  if (claim === 'aud') return 'is for another audience (`aud`)';
  if (claim === 'nbf') return 'is not valid yet (`nbf`)';
  return `has a wrong \`${claim}\``;
}
