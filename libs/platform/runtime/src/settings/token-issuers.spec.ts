import { isSafeUrl, tokenIssuers } from './token-issuers';

const RULE = { claims: { roles: 'operator' }, tenant: 'acme', role: 'operator' };
const ISSUER = { name: 'sso', issuer: 'https://id.example.com/realms/cpo', audience: 'voltbus', access: [RULE] };
const read = (issuers: unknown) => tokenIssuers.safeParse(JSON.stringify(issuers));

it('takes issuers with rules, and signatures of key pairs unless others are named', () => {
  expect(read([ISSUER])).toEqual({ success: true, data: [{ ...ISSUER, algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'] }] });
});

it.each<[string, object]>([
  ['an HMAC', { algorithms: ['HS256'] }],
  ['no signature', { algorithms: ['none'] }],
  ['no algorithm', { algorithms: [] }],
  ['plain HTTP', { issuer: 'http://id.example.com' }],
  ['keys over plain HTTP', { jwksUrl: 'http://id.example.com/keys' }],
  ['credentials in the URL', { issuer: 'https://user:password@id.example.com' }],
  ['no audience', { audience: '' }],
  ['a name that is taken', { name: 'profile' }],
  ['a name with a colon', { name: 'a:b' }],
  ['no rules', { access: [] }],
  ['a rule for every token', { access: [{ ...RULE, claims: {} }] }],
  ['a rule without a tenant', { access: [{ claims: RULE.claims, role: 'viewer' }] }],
  ['a rule with two tenants', { access: [{ ...RULE, tenantClaim: 'cpo' }] }],
  ['a rule with two kinds of groups', { access: [{ ...RULE, stationGroups: ['a'], stationGroupsClaim: 'sites' }] }],
  ['the role of the administrator', { access: [{ ...RULE, role: 'platform-admin' }] }],
  ['a client that is the audience', { signIn: { clientId: 'voltbus' } }],
  ['a sign-in without a client', { signIn: {} }],
  ['scopes with blanks', { signIn: { clientId: 'people', scopes: ['profile email'] } }],
  ['a misspelt member', { access: [{ ...RULE, stationGroup: ['depot'] }] }],
])('refuses %s', (_what, change) => {
  expect(read([{ ...ISSUER, ...change }]).success).toBe(false);
});

it('takes one issuer at which people sign in, and asks it for their profile unless it is told otherwise', () => {
  const signIn = { clientId: 'people' };
  expect(read([{ ...ISSUER, signIn }]).data?.[0]?.signIn).toEqual({ clientId: 'people', scopes: ['profile'] });
  const other = { ...ISSUER, name: 'other', issuer: 'https://other.example.com' };
  expect(read([{ ...ISSUER, signIn }, other]).success).toBe(true);
  expect(
    read([
      { ...ISSUER, signIn },
      { ...other, signIn },
    ]).success,
  ).toBe(false);
  expect(read([ISSUER, { ...other, signIn: { clientId: ISSUER.audience } }]).success).toBe(false);
});

it('refuses the same issuer twice, the same name twice, none at all, and what is no JSON', () => {
  expect(read([ISSUER, { ...ISSUER, name: 'other' }]).success).toBe(false);
  expect(read([ISSUER, { ...ISSUER, issuer: 'https://other.example.com' }]).success).toBe(false);
  expect(read([]).success).toBe(false);
  expect(tokenIssuers.safeParse('{').error?.issues).toMatchObject([{ message: 'must be JSON' }]);
});

it.each([
  ['https://id.example.com', true],
  ['http://127.0.0.1:8090', true],
  ['http://localhost:8090', true],
  ['http://[::1]:8090', true],
  ['http://127.0.0.1.example.com', false],
  ['http://localhost.example.com', false],
  ['ftp://id.example.com', false],
  ['https://id.example.com#x', false],
  ['id.example.com', false],
])('%s is a URL that keys may come from: %s', (url, isSafe) => {
  expect(isSafeUrl(url)).toBe(isSafe);
});
