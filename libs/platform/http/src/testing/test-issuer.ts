import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT, exportJWK, generateKeyPair, type CryptoKey, type JWK, type JWTHeaderParameters, type JWTPayload } from 'jose';

interface IssuerKey {
  kid: string;
  privateKey: CryptoKey;
  publicJwk: JWK;
}

/** How the endpoint of the keys answers. */
type Answer = 'keys' | 'failure' | 'huge' | 'redirect' | 'nonsense';

/** An issuer of access tokens whose keys are served over HTTP, as often and as wrongly as a spec wants. It is no identity provider: it has no clients. */
export class TestIssuer {
  static readonly AUDIENCE = 'voltbus-api';
  answer: Answer = 'keys';
  /** Requests for keys. */
  fetches = 0;
  /** Served beside the current key. */
  more: JWK[] = [];
  /** What the discovery document says of its issuer; null: the truth. */
  pretended: string | null = null;

  private constructor(
    private readonly server: Server,
    private key: IssuerKey,
  ) {}

  static async start(): Promise<TestIssuer> {
    const server = createServer();
    const issuer = new TestIssuer(server, await makeKey('key-1'));
    server.on('request', ({ url = '' }, response) => issuer.respond(url, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return issuer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`; // it listens on a port
  }

  get kid(): string {
    return this.key.kid;
  }

  get publicJwk(): JWK {
    return this.key.publicJwk;
  }

  /** From now on another key signs, and only that is published. */
  async rotate(kid: string): Promise<void> {
    this.key = await makeKey(kid);
  }

  /** The settings that make the API take its tokens. */
  settings(access: readonly object[], more: object = {}): Record<string, string> {
    const issuer = { name: 'sso', issuer: this.url, audience: TestIssuer.AUDIENCE, access, ...more };
    return { VOLTBUS_OIDC_ISSUERS: JSON.stringify([issuer]) };
  }

  /** Claims of a good token; undefined leaves one out. */
  claims(given: JWTPayload = {}, now = new Date()): JWTPayload {
    const iat = Math.floor(now.getTime() / 1_000);
    return { iss: this.url, aud: TestIssuer.AUDIENCE, sub: 'service-1', iat, exp: iat + 300, ...given };
  }

  sign(given: JWTPayload = {}, { header = {}, now }: { header?: Partial<JWTHeaderParameters>; now?: Date } = {}): Promise<string> {
    return new SignJWT(this.claims(given, now))
      .setProtectedHeader({ alg: 'ES256', kid: this.key.kid, ...header })
      .sign(this.key.privateKey);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private respond(url: string, response: ServerResponse): void {
    response.setHeader('content-type', 'application/json');
    if (url === '/.well-known/openid-configuration')
      return void response.end(JSON.stringify({ issuer: this.pretended ?? this.url, jwks_uri: `${this.url}/keys` }));
    this.fetches += 1;
    if (this.answer === 'failure') return void response.writeHead(500).end('{}');
    if (this.answer === 'redirect') return void response.writeHead(302, { location: `${this.url}/keys` }).end();
    if (this.answer === 'nonsense') return void response.end('{"keys": 1}');
    if (this.answer === 'huge') return void response.end(JSON.stringify({ keys: [this.key.publicJwk], padding: 'x'.repeat(300_000) }));
    response.end(JSON.stringify({ keys: [this.key.publicJwk, ...this.more] }));
  }
}

async function makeKey(kid: string): Promise<IssuerKey> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  return { kid, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' } };
}
