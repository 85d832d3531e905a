import { createHash, randomBytes } from 'node:crypto';
import { CsmsError, SecretBox, isSameSecret } from '@voltbus/contracts';
import { encryptionKeys, type KeySettings, type Settings, type TokenIssuer } from '@voltbus/runtime';
import type { AccessTokens } from '../access-tokens/access-tokens';
import type { LiveSession, Sessions } from '../sessions/sessions';
import { IdentityProvider } from './identity-provider';

/** How long a person may take to sign in at the provider. */
const SIGN_IN_SECONDS = 600;
const RANDOM_BYTES = 32;
const COOKIE = 'sign-in';
export const CALLBACK_PATH = '/v1/auth/callback';
/** Characters of what a provider sends a browser back with; an authorization code of Entra ID has about 1,500. */
const MAX_PARAMETER = 4_096;

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** What the browser keeps, encrypted, while its person is at the provider. */
interface Begun {
  state: string;
  nonce: string;
  verifier: string;
  returnTo: string;
  tenant: string | null;
  /** Epoch milliseconds. */
  at: number;
}

/** What the provider sends the browser back with. */
export interface Callback {
  code?: unknown;
  state?: unknown;
  error?: unknown;
  iss?: unknown;
}

interface SignInParts {
  tokens: AccessTokens;
  sessions: Sessions;
  failed(error: unknown): void;
  now?: () => Date;
}

/** Who has come back from the provider, and where they wanted to go. */
interface SignedIn {
  person: { issuer: TokenIssuer; subject: string; claims: Readonly<Record<string, unknown>> };
  tenant: string | undefined;
  returnTo: string;
}

/**
 * People sign in at the provider by an authorization code with PKCE (OpenID Connect Core 1.0, section 3.1; RFC 7636). Nothing is stored until they have come back: state, nonce and
 * verifier are in a cookie of the browser that began, encrypted, so that no other browser can end it.
 */
export class SignIn {
  private readonly box: SecretBox;
  private readonly provider: IdentityProvider;
  private readonly now: () => Date;

  private constructor(
    private readonly issuer: TokenIssuer,
    { settings, clientId }: { settings: KeySettings & Pick<Settings, 'API_URL' | 'OIDC_CLIENT_SECRET'>; clientId: string },
    private readonly parts: SignInParts,
  ) {
    this.box = new SecretBox(encryptionKeys(settings), 'sign-in');
    const redirectUri = `${settings.API_URL ?? ''}${CALLBACK_PATH}`;
    this.provider = new IdentityProvider({ issuer, clientId, secret: settings.OIDC_CLIENT_SECRET, redirectUri }, { failed: parts.failed });
    this.now = parts.now ?? (() => new Date());
  }

  /** Null: the settings name no provider at which people sign in. */
  static of(settings: KeySettings & Pick<Settings, 'OIDC_ISSUERS' | 'API_URL' | 'OIDC_CLIENT_SECRET'>, parts: SignInParts): SignIn | null {
    const issuer = settings.OIDC_ISSUERS?.find(({ signIn }) => signIn !== undefined);
    return issuer?.signIn === undefined ? null : new SignIn(issuer, { settings, clientId: issuer.signIn.clientId }, parts);
  }

  /** Where the browser is to go, and the cookie that it is given. Rejects with `issuer-unavailable`. */
  async begin(returnTo: string, tenant: string | null): Promise<{ location: string; cookie: string }> {
    const [state, nonce, verifier] = [random(), random(), random()];
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const location = await this.provider.authorizationUrl({ state, nonce, challenge });
    const begun: Begun = { state, nonce, verifier, returnTo, tenant, at: this.now().getTime() };
    const value = this.box.close(JSON.stringify(begun), COOKIE).toString('base64url');
    return { location, cookie: this.parts.sessions.site.setCookie(COOKIE, value, SIGN_IN_SECONDS) };
  }

  /** Whether this browser began the sign-in that is answered. */
  isOfThisBrowser(headers: Headers, { state }: Callback): boolean {
    const begun = this.begunBy(headers);
    return begun !== null && typeof state === 'string' && isSameSecret(state, begun.state);
  }

  /** Rejects with `sign-in-failed` where this browser did not begin it, or the provider gives no person for it, and with `issuer-unavailable`. */
  async complete(headers: Headers, { code, state, error, iss }: Callback): Promise<SignedIn> {
    const begun = this.begunBy(headers);
    if (begun === null) throw failed('this browser began no sign-in within the last ten minutes');
    if (!this.isOfThisBrowser(headers, { state })) throw failed('another browser began that sign-in, or this one began another since');
    if (iss !== undefined && iss !== this.issuer.issuer) throw failed('the answer comes from another identity provider (`iss`)');
    if (error !== undefined) throw failed(`the identity provider did not let the person in${shown(error)}`);
    if (typeof code !== 'string' || code === '' || code.length > MAX_PARAMETER) throw failed('the answer has no code');
    const idToken = await this.provider.idTokenFor(code, begun.verifier);
    const expected = { issuer: this.issuer.issuer, clientId: this.provider.client.clientId, nonce: begun.nonce };
    const { subject, claims } = await this.parts.tokens.personOf(idToken, expected, this.now());
    return { person: { issuer: this.issuer, subject, claims }, tenant: begun.tenant ?? undefined, returnTo: begun.returnTo };
  }

  /** Begins the session of who has come back; that of this browser before ends. */
  async beginSession(
    { person, tenant }: SignedIn,
    request: { headers: Headers; ip: string },
  ): Promise<{ session: LiveSession; cookie: string }> {
    const { sessions } = this.parts;
    const begun = await sessions.beginOfPerson(person, tenant, request.ip);
    const before = await sessions.find(request.headers).catch(() => null); // one that gives nothing any more ends by itself
    if (before !== null) await sessions.end(before);
    return begun;
  }

  /** Takes back a session that has just begun. */
  async undo(session: LiveSession): Promise<void> {
    await this.parts.sessions.end(session);
  }

  /** The header that takes from the browser what it kept. */
  get noCookie(): string {
    return this.parts.sessions.site.setCookie(COOKIE, '', 0);
  }

  private begunBy(headers: Headers): Begun | null {
    const value = this.parts.sessions.site.cookieOf(headers, COOKIE);
    const json = value === null ? null : this.box.open(Buffer.from(value, 'base64url'), COOKIE);
    if (json === null) return null;
    const begun = JSON.parse(json) as Begun; // only `begin` encrypts
    return this.now().getTime() - begun.at < SIGN_IN_SECONDS * 1_000 ? begun : null;
  }
}

function random(): string {
  return randomBytes(RANDOM_BYTES).toString('base64url');
}

/** An error code of the provider (RFC 6749, section 4.1.2.1), and nothing else that stands in a URL. */
function shown(error: unknown): string {
  return typeof error === 'string' && /^[a-z_]{1,64}$/.test(error) ? ` (${error})` : '';
}

function failed(detail: string): CsmsError {
  return new CsmsError('sign-in-failed', detail);
}
