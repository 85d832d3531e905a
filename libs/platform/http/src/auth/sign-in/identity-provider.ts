import { CsmsError } from '@voltbus/contracts';
import { boundedBody } from '@voltbus/flow';
import { isSafeUrl, type TokenIssuer } from '@voltbus/runtime';
import { z } from 'zod';
import { RETRY_MS, issuerUnavailable } from '../access-tokens/issuer-keys';
import { discoveryOf } from '../access-tokens/jwks-source';

/** How long a provider may take to exchange a code, with all of its answer. */
const EXCHANGE_MS = 5_000;
/** Bytes of that answer. */
const MAX_BYTES = 131_072;
/** Codes that are exchanged at once: somebody who invents codes keeps the provider from nobody else. */
export const MAX_EXCHANGES = 20;
/** Endpoints younger than that are used without a question. */
const FRESH_MS = 600_000;

const endpoint = z.string().refine(isSafeUrl, 'is no https:// URL');
const metadataSchema = z.object({
  issuer: z.string(),
  authorization_endpoint: endpoint,
  token_endpoint: endpoint,
  token_endpoint_auth_methods_supported: z.array(z.string()).default(['client_secret_basic']),
});
type Metadata = z.output<typeof metadataSchema>;
const tokensSchema = z.object({ id_token: z.string() });
const errorSchema = z.object({ error: z.string().regex(/^[\w.-]{1,64}$/) });

interface Client {
  issuer: TokenIssuer;
  clientId: string;
  /** Undefined: the client is a public one, which only PKCE protects. */
  secret: string | undefined;
  redirectUri: string;
}

/** The provider at which people sign in, as its client sees it (RFC 6749, section 4.1; RFC 7636). */
export class IdentityProvider {
  private held: { metadata: Metadata; at: number } | null = null;
  private fetching: Promise<Metadata> | null = null;
  private failedAt = -Infinity;
  private exchanges = 0;

  constructor(
    readonly client: Client,
    private readonly parts: { failed(error: unknown): void; now?: () => number },
  ) {}

  /** Where a browser is sent. Rejects with `issuer-unavailable` where that cannot be found out. */
  async authorizationUrl(parameters: { state: string; nonce: string; challenge: string }): Promise<string> {
    const { issuer, clientId, redirectUri } = this.client;
    const url = new URL((await this.metadata()).authorization_endpoint);
    const asked = {
      ...{ response_type: 'code', client_id: clientId, redirect_uri: redirectUri },
      scope: [...new Set(['openid', ...(issuer.signIn?.scopes ?? [])])].join(' '),
      ...{ state: parameters.state, nonce: parameters.nonce },
      ...{ code_challenge: parameters.challenge, code_challenge_method: 'S256' },
    };
    for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
    return url.href;
  }

  /** The ID token for a code. Rejects with `sign-in-failed` where the provider does not take the code, and with `issuer-unavailable` where it does not answer. */
  async idTokenFor(code: string, verifier: string): Promise<string> {
    const { token_endpoint: url, token_endpoint_auth_methods_supported: methods } = await this.metadata();
    if (this.exchanges >= MAX_EXCHANGES) throw issuerUnavailable('too many people sign in at once');
    this.exchanges += 1;
    try {
      return await this.exchange(url, { code, verifier, byPost: !methods.includes('client_secret_basic') });
    } finally {
      this.exchanges -= 1;
    }
  }

  private async exchange(url: string, { code, verifier, byPost }: { code: string; verifier: string; byPost: boolean }): Promise<string> {
    const answer = await this.post(url, { code, code_verifier: verifier }, byPost);
    if (answer.status === 200) {
      const tokens = tokensSchema.safeParse(answer.body);
      if (tokens.success) return tokens.data.id_token;
      throw failed('the identity provider gave no ID token: the scope `openid` must be allowed to the client');
    }
    const { data } = errorSchema.safeParse(answer.body);
    const error = data?.error ?? `status ${answer.status}`;
    if (error === 'invalid_grant') throw failed('the identity provider does not take the code, or not any more');
    this.parts.failed(new Error(`${url} answered ${error}`));
    throw failed(`the identity provider refused the client (${error}): its id and secret are in the settings`);
  }

  private async post(url: string, more: Record<string, string>, byPost: boolean): Promise<{ status: number; body: unknown }> {
    const { clientId, secret, redirectUri } = this.client;
    const basic = secret !== undefined && !byPost;
    const proof: Record<string, string> = basic ? {} : { client_id: clientId, ...(secret === undefined ? {} : { client_secret: secret }) };
    try {
      const response = await fetch(url, {
        ...{ method: 'POST', redirect: 'error', signal: AbortSignal.timeout(EXCHANGE_MS) },
        headers: { accept: 'application/json', ...(basic ? { authorization: basicOf(clientId, secret) } : {}) },
        body: new URLSearchParams({ grant_type: 'authorization_code', redirect_uri: redirectUri, ...more, ...proof }),
      });
      if (response.status >= 500) {
        await response.body?.cancel();
        throw new Error(`${url} answered ${response.status}`);
      }
      return { status: response.status, body: JSON.parse((await boundedBody(response, MAX_BYTES)).toString('utf8')) };
    } catch (error) {
      this.parts.failed(error);
      throw issuerUnavailable('the identity provider does not answer', error);
    }
  }

  private async metadata(): Promise<Metadata> {
    const now = (this.parts.now ?? (() => performance.now()))();
    if (this.held !== null && now - this.held.at < FRESH_MS) return this.held.metadata;
    if (now - this.failedAt < RETRY_MS) throw issuerUnavailable('the identity provider does not answer');
    try {
      const metadata = await (this.fetching ??= discoveryOf(this.client.issuer.issuer, metadataSchema).finally(
        () => (this.fetching = null),
      ));
      this.held = { metadata, at: now };
      return metadata;
    } catch (error) {
      this.failedAt = now;
      this.parts.failed(error);
      throw issuerUnavailable('the identity provider does not answer', error);
    }
  }
}

/** RFC 6749, section 2.3.1: both are encoded as in a form first. */
function basicOf(id: string, secret: string): string {
  const encoded = (text: string): string => new URLSearchParams({ '': text }).toString().slice(1);
  return `Basic ${Buffer.from(`${encoded(id)}:${encoded(secret)}`).toString('base64')}`;
}

function failed(detail: string): CsmsError {
  return new CsmsError('sign-in-failed', detail);
}
