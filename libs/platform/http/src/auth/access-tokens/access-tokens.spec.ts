import { createHmac } from 'node:crypto';
import { tokenIssuers, type TokenIssuer } from '@voltbus/runtime';
import { CompactSign, SignJWT, exportSPKI, generateKeyPair, importJWK, type JWTPayload } from 'jose';
import { TestIssuer } from '../../testing/test-issuer';
import { AccessTokens } from './access-tokens';

const ACCESS = [{ claims: { roles: 'operator' }, tenant: 'acme', role: 'operator' }];
const GOOD = { roles: ['operator'] };

let issuer: TestIssuer;
let clock: number;
let counted: string[];

beforeEach(async () => {
  issuer = await TestIssuer.start();
  [clock, counted] = [1_000_000, []];
});
afterEach(() => issuer.close());

function settings(more: object = {}): TokenIssuer[] {
  return tokenIssuers.parse(issuer.settings(ACCESS, more)['VOLTBUS_OIDC_ISSUERS']);
}

function tokensOf(issuers = settings()): AccessTokens {
  const keysFetched = (name: string, outcome: string): void => void counted.push(`${name} ${outcome}`);
  return new AccessTokens(issuers, { telemetry: { keysFetched }, monotonic: () => clock });
}

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const faultOf = (tokens: AccessTokens, token: string): Promise<string> =>
  tokens.accessOf(token).then(
    () => 'accepted',
    (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
  );

describe('an access token', () => {
  it('gives what the rules say, to its subject, until it ends', async () => {
    const exp = Math.floor(Date.now() / 1_000) + 300;
    expect(await tokensOf().accessOf(await issuer.sign({ ...GOOD, exp }))).toEqual([
      { actor: 'sso:service-1', tenant: 'acme', role: 'operator', stationGroups: null, endsAt: exp * 1_000 },
    ]);
  });

  it('is accepted for one of several audiences, and within the skew of the clocks', async () => {
    const tokens = tokensOf();
    const now = Math.floor(Date.now() / 1_000);
    for (const claims of [{ aud: ['other', TestIssuer.AUDIENCE] }, { exp: now - 20 }, { nbf: now + 20 }, { exp: now + 86_000 }])
      expect([claims, await faultOf(tokens, await issuer.sign({ ...GOOD, ...claims }))]).toEqual([claims, 'accepted']);
  });

  const now = Math.floor(Date.now() / 1_000);
  it.each<[string, JWTPayload, string]>([
    ['for another audience', { aud: 'other' }, 'is for another audience (`aud`)'],
    ['for other audiences', { aud: ['other', `${TestIssuer.AUDIENCE}x`] }, 'is for another audience (`aud`)'],
    ['for none', { aud: undefined }, 'has no `aud`'],
    ['that has expired', { exp: now - 60 }, 'has expired (`exp`)'],
    ['that never ends', { exp: undefined }, 'has no `exp`'],
    ['that lives for long', { exp: now + 100_000 }, 'lives for longer than 86400 seconds'],
    ['of tomorrow', { nbf: now + 3_600 }, 'is not valid yet (`nbf`)'],
    ['of nobody', { sub: undefined }, 'has no `sub`'],
    ['of a subject without characters', { sub: '' }, 'has no `sub` of 1 to 255 ASCII characters'],
    ['of a subject that no database keeps', { sub: 'a\u0000b' }, 'has no `sub` of 1 to 255 ASCII characters'],
    ['of an endless subject', { sub: 'x'.repeat(256) }, 'has no `sub` of 1 to 255 ASCII characters'],
    ['of another issuer', { iss: 'https://evil.example' }, 'is of no issuer that this API takes tokens of (`iss`)'],
    ['of no issuer', { iss: undefined }, 'is of no issuer that this API takes tokens of (`iss`)'],
    ['of an issuer that is written otherwise', { iss: 'HTTP://127.0.0.1/' }, 'is of no issuer that this API takes tokens of (`iss`)'],
    ['that is bound to a key', { cnf: { jkt: 'x' } }, 'is bound to a key of its client (`cnf`), which a bearer does not prove'],
    ['with a text for a time', { exp: 'never' as never }, 'has a wrong `exp`'],
  ])('%s is refused', async (_what, claims, fault) => {
    expect(await faultOf(tokensOf(), await issuer.sign({ ...GOOD, ...claims }))).toBe(`invalid-access-token: the access token ${fault}`);
  });

  it('that no rule gives anything is a 403 of its own', async () => {
    for (const roles of [undefined, 'viewer', ['Operator']])
      expect(await faultOf(tokensOf(), await issuer.sign({ roles }))).toBe(
        'no-access: the access token is valid, and no rule gives it a role here',
      );
  });
});

describe('an ID token', () => {
  const NONCE = 'n-1';
  const CLIENT = 'people';
  const personOf = async (claims: JWTPayload, header = {}): Promise<unknown> => {
    const token = await issuer.sign({ aud: CLIENT, nonce: NONCE, ...claims }, { header });
    return tokensOf()
      .personOf(token, { issuer: issuer.url, clientId: CLIENT, nonce: NONCE })
      .catch((error: { code: string; message: string }) => `${error.code}: ${error.message}`);
  };

  it('says who has signed in', async () => {
    expect(await personOf({ sub: 'olga', roles: ['x'] })).toMatchObject({ subject: 'olga', claims: { roles: ['x'] } });
    expect(await personOf({ sub: 'olga', aud: [CLIENT, 'other'], azp: CLIENT })).toMatchObject({ subject: 'olga' });
  });

  const now = Math.floor(Date.now() / 1_000);
  it.each<[string, JWTPayload, string]>([
    ['of another sign-in', { nonce: 'n-2' }, 'is of another sign-in (`nonce`)'],
    ['of a sign-in without a nonce', { nonce: undefined }, 'is of another sign-in (`nonce`)'],
    ['for the API, which is an access token', { aud: TestIssuer.AUDIENCE }, 'is for another audience (`aud`)'],
    ['of another client', { azp: 'other' }, 'was made for another client (`azp`)'],
    ['for several clients, which does not say for whom it was made', { aud: [CLIENT, 'other'] }, 'was made for another client (`azp`)'],
    ['that has expired', { exp: now - 60 }, 'has expired (`exp`)'],
    ['of nobody', { sub: '' }, 'has no `sub` of 1 to 255 ASCII characters'],
    ['of another issuer', { iss: 'https://evil.example' }, 'has a wrong `iss`'],
    ['that is endless', { more: 'x'.repeat(9_000) }, 'is longer than 8192 characters'],
  ])('%s is refused', async (_what, claims, fault) => {
    expect(await personOf(claims)).toBe(`sign-in-failed: the ID token ${fault}`);
  });

  it('that names an algorithm which is not allowed is refused', async () => {
    const token = await new SignJWT({ ...issuer.claims(), aud: CLIENT, nonce: NONCE })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(Buffer.alloc(32, 7));
    await expect(tokensOf().personOf(token, { issuer: issuer.url, clientId: CLIENT, nonce: NONCE })).rejects.toMatchObject({
      code: 'sign-in-failed',
    });
  });

  it('gives no access as a bearer', async () => {
    expect(await faultOf(tokensOf(), await issuer.sign({ ...GOOD, aud: CLIENT, nonce: NONCE }))).toMatch(/another audience/);
  });
});

describe('a forged access token', () => {
  const refused = (fault: string): string => `invalid-access-token: the access token ${fault}`;
  const WRONG_ALGORITHM = refused('is signed by an algorithm that is not allowed (`alg`)');
  const UNKNOWN_KEY = refused('is signed with a key that its issuer does not publish (`kid`, `alg`)');
  const claims = () => ({ ...issuer.claims(), ...GOOD });

  it.each(['none', 'None', 'NONE', ''])('without a signature (alg %j) is refused', async (alg) => {
    const unsigned = `${base64url({ alg, kid: issuer.kid })}.${base64url(claims())}.`;
    expect(tokensOf().isToken(unsigned)).toBe(true);
    expect(await faultOf(tokensOf(), unsigned)).toMatch(/^invalid-access-token/);
  });

  it('that takes the public key for the secret of an HMAC is refused', async () => {
    const publicKey = await importJWK(issuer.publicJwk, 'ES256', { extractable: true });
    const pem = await exportSPKI(publicKey as never); // the key of a pair
    for (const secret of [pem, pem.trim(), JSON.stringify(issuer.publicJwk)]) {
      const signed = `${base64url({ alg: 'HS256', kid: issuer.kid, typ: 'JWT' })}.${base64url(claims())}`;
      const token = `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
      expect(await faultOf(tokensOf(), token)).toBe(WRONG_ALGORITHM);
    }
  });

  it('that is signed with a secret key which the issuer published by mistake is refused', async () => {
    const secret = Buffer.alloc(32, 7);
    issuer.more = [{ kty: 'oct', kid: 'shared', alg: 'HS256', k: secret.toString('base64url') }];
    const token = await new SignJWT(claims()).setProtectedHeader({ alg: 'HS256', kid: 'shared' }).sign(secret);
    expect(await faultOf(tokensOf(), token)).toBe(WRONG_ALGORITHM);
  });

  it('that brings its own key is refused, and nothing is fetched for it', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    const evil = await TestIssuer.start();
    try {
      for (const header of [
        { jku: `${evil.url}/keys` },
        { x5u: `${evil.url}/keys` },
        { jwk: evil.publicJwk },
        { jku: `${evil.url}/keys`, kid: evil.kid },
      ]) {
        const token = await new SignJWT(claims()).setProtectedHeader({ alg: 'ES256', kid: issuer.kid, ...header }).sign(privateKey);
        expect(await faultOf(tokensOf(), token)).toBe(refused('has a wrong signature'));
      }
      expect(evil.fetches).toBe(0);
    } finally {
      await evil.close();
    }
  });

  it.each(['../../../../dev/null', '/etc/passwd', "' OR 1=1 --", 'x'.repeat(2_000), '__proto__', '', 'key-1\u0000'])(
    'with the key id %j is refused',
    async (kid) => {
      expect(await faultOf(tokensOf(), await issuer.sign(GOOD, { header: { kid } }))).toBe(UNKNOWN_KEY);
    },
  );

  it('of which a part was changed is refused', async () => {
    const [header = '', , signature = ''] = (await issuer.sign(GOOD)).split('.');
    const other = base64url({ ...claims(), sub: 'somebody-else' });
    expect(await faultOf(tokensOf(), `${header}.${other}.${signature}`)).toBe(refused('has a wrong signature'));
  });

  it('with a critical header that nobody knows is refused', async () => {
    const key = await generateKeyPair('ES256');
    const token = await new CompactSign(Buffer.from(JSON.stringify(claims())))
      .setProtectedHeader({ alg: 'ES256', kid: issuer.kid, crit: ['exotic'], exotic: true })
      .sign(key.privateKey, { crit: { exotic: true } });
    expect(await faultOf(tokensOf(), token)).toMatch(/^invalid-access-token/);
  });

  it('of an algorithm that the settings leave out is refused, whatever the keys are', async () => {
    const tokens = tokensOf(settings({ algorithms: ['RS256'] }));
    expect(await faultOf(tokens, await issuer.sign(GOOD))).toBe(WRONG_ALGORITHM);
  });

  it('that is huge, or nothing that can be read, is refused before any key is fetched', async () => {
    const huge = await issuer.sign({ ...GOOD, padding: 'x'.repeat(8_192) });
    expect(await faultOf(tokensOf(), huge)).toBe(refused('is longer than 8192 characters'));
    for (const text of ['a.b.c', 'a..', `${base64url({})}.${base64url([])}.x`, `${base64url(1)}.${base64url(null)}.`])
      expect(await faultOf(tokensOf(), text)).toMatch(/^invalid-access-token/);
    expect(issuer.fetches).toBe(0);
  });

  it('is known from a key by its form', () => {
    const forms = ['a.b.c', 'a.b.', 'a..', 'vbk_0_1_2', 'a.b', 'a.b.c.d.e', 'a b.c.d', '.b.c'].map((text) => tokensOf().isToken(text));
    expect(forms).toEqual([true, true, true, false, false, false, false, false]);
  });
});

describe('the keys of an issuer', () => {
  it('are fetched once for many requests, and again when they are old', async () => {
    const tokens = tokensOf();
    const token = await issuer.sign(GOOD);
    await Promise.all(Array.from({ length: 20 }, () => tokens.accessOf(token)));
    await tokens.accessOf(token);
    expect(issuer.fetches).toBe(1);
    clock += 600_000;
    await tokens.accessOf(token);
    expect([issuer.fetches, counted]).toEqual([2, ['sso fetched', 'sso fetched']]);
  });

  it('are found again after a rotation, and a key that is published no more signs nothing', async () => {
    const tokens = tokensOf();
    const old = await issuer.sign(GOOD);
    await tokens.accessOf(old);
    await issuer.rotate('key-2');
    const fresh = await issuer.sign(GOOD);
    expect(await faultOf(tokens, fresh)).toMatch(/does not publish/); // looked a moment ago
    clock += 30_000;
    expect([await faultOf(tokens, fresh), await faultOf(tokens, old)]).toEqual([
      'accepted',
      'invalid-access-token: the access token is signed with a key that its issuer does not publish (`kid`, `alg`)',
    ]);
    expect(issuer.fetches).toBe(2);
  });

  it('are not fetched for every token with an invented key id', async () => {
    const tokens = tokensOf();
    for (let times = 0; times < 50; times++) await faultOf(tokens, await issuer.sign(GOOD, { header: { kid: `invented-${times}` } }));
    clock += 30_000;
    await Promise.all(
      Array.from({ length: 50 }, async (_, nth) => faultOf(tokens, await issuer.sign(GOOD, { header: { kid: `more-${nth}` } }))),
    );
    expect(issuer.fetches).toBe(2);
  });

  it('are used for half a day while the issuer is away, which is asked every ten seconds', async () => {
    const tokens = tokensOf();
    await tokens.accessOf(await issuer.sign(GOOD));
    issuer.answer = 'failure';
    clock += 600_000;
    for (let times = 0; times < 20; times++) expect(await faultOf(tokens, await issuer.sign(GOOD))).toBe('accepted');
    expect(issuer.fetches).toBe(2);
    clock += 10_000;
    expect([await faultOf(tokens, await issuer.sign(GOOD)), issuer.fetches]).toEqual(['accepted', 3]);
    clock += 43_200_000;
    expect(await faultOf(tokens, await issuer.sign(GOOD))).toMatch(/^issuer-unavailable/);
    issuer.answer = 'keys';
    clock += 10_000;
    expect(await faultOf(tokens, await issuer.sign(GOOD))).toBe('accepted');
  });

  it.each(['failure', 'huge', 'redirect', 'nonsense'] as const)(
    'that never came (%s) make its tokens 503, and others are refused as ever',
    async (answer) => {
      const tokens = tokensOf();
      issuer.answer = answer;
      const token = await issuer.sign(GOOD);
      for (let times = 0; times < 5; times++)
        expect(await faultOf(tokens, token)).toBe('issuer-unavailable: the keys of the issuer of the access token cannot be had now');
      expect([issuer.fetches, counted]).toEqual([1, ['sso failed']]);
      expect(await faultOf(tokens, await issuer.sign({ iss: 'https://evil.example' }))).toMatch(/^invalid-access-token/);
    },
  );

  it('are not taken from a discovery document of somebody else', async () => {
    issuer.pretended = 'https://evil.example';
    expect(await faultOf(tokensOf(), await issuer.sign(GOOD))).toMatch(/^issuer-unavailable/);
    expect(issuer.fetches).toBe(0);
    const named = tokensOf(settings({ jwksUrl: `${issuer.url}/keys` }));
    expect(await faultOf(named, await issuer.sign(GOOD))).toBe('accepted');
  });
});
