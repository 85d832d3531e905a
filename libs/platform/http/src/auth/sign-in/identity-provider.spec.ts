import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tokenIssuers } from '@voltbus/runtime';
import { IdentityProvider, MAX_EXCHANGES } from './identity-provider';

/** What a provider's endpoint of tokens is asked. */
interface Asked {
  authorization: string | undefined;
  form: Record<string, string>;
}

let server: Server;
let url: string;
let metadata: object;
let answer: { status: number; body: string } | 'silent';
let asked: Asked[];
let discoveries: number;
let failures: number;
let clock: number;
let onAsked: () => void;

beforeEach(async () => {
  [asked, discoveries, failures, clock, metadata, onAsked] = [[], 0, 0, 1_000_000, {}, () => undefined];
  answer = { status: 200, body: JSON.stringify({ id_token: 'a.b.c', access_token: 'x' }) };
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      if (request.url === '/.well-known/openid-configuration') {
        discoveries += 1;
        const own = { issuer: url, authorization_endpoint: `${url}/auth?audience=x`, token_endpoint: `${url}/token` };
        return void response.end(JSON.stringify({ ...own, ...metadata }));
      }
      asked.push({ authorization: request.headers.authorization, form: Object.fromEntries(new URLSearchParams(text)) });
      onAsked();
      if (answer === 'silent') return;
      response.writeHead(answer.status, answer.status === 302 ? { location: `${url}/elsewhere` } : {}).end(answer.body);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens on a port
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

function provider(secret?: string): IdentityProvider {
  const given = { name: 'sso', issuer: url, audience: 'api', access: [{ claims: { r: 'x' }, tenant: 'acme', role: 'viewer' }] };
  const [issuer] = tokenIssuers.parse(JSON.stringify([{ ...given, signIn: { clientId: 'pe:ople', scopes: ['profile', 'openid'] } }]));
  if (issuer === undefined) throw new Error('no issuer');
  const client = { issuer, clientId: 'pe:ople', secret, redirectUri: 'https://csms.example/v1/auth/callback' };
  return new IdentityProvider(client, { failed: () => (failures += 1), now: () => clock });
}
const codeOf = (error: Promise<unknown>): Promise<string> =>
  error.then(
    () => 'taken',
    ({ code, message }: { code: string; message: string }) => `${code}: ${message}`,
  );
const exchanged = (of: IdentityProvider): Promise<string> => codeOf(of.idTokenFor('c', 'v'));

it('is asked for a code, with all that binds it to the browser and to this client', async () => {
  const sent = new URL(await provider().authorizationUrl({ state: 's', nonce: 'n', challenge: 'h' }));
  expect(Object.fromEntries(sent.searchParams)).toEqual({
    ...{ audience: 'x', response_type: 'code', client_id: 'pe:ople', redirect_uri: 'https://csms.example/v1/auth/callback' },
    ...{ scope: 'openid profile', state: 's', nonce: 'n', code_challenge: 'h', code_challenge_method: 'S256' },
  });
});

it.each<[string, string | undefined, object, Partial<Asked>]>([
  ['a secret in a header', 's+ecret', {}, { authorization: `Basic ${Buffer.from('pe%3Aople:s%2Becret').toString('base64')}` }],
  ['a secret in the form', 's+ecret', { token_endpoint_auth_methods_supported: ['client_secret_post'] }, { authorization: undefined }],
  ['no secret', undefined, {}, { authorization: undefined }],
])('takes the code of a client with %s', async (_how, secret, more, expected) => {
  metadata = more;
  expect(await provider(secret).idTokenFor('c', 'v')).toBe('a.b.c');
  const own = { grant_type: 'authorization_code', redirect_uri: 'https://csms.example/v1/auth/callback', code: 'c', code_verifier: 'v' };
  const inForm = secret === undefined ? { client_id: 'pe:ople' } : { client_id: 'pe:ople', client_secret: secret };
  expect(asked).toEqual([{ ...expected, form: { ...own, ...(expected.authorization === undefined ? inForm : {}) } }]);
});

it.each<[string, number, string, string]>([
  [
    'a code that it does not know',
    400,
    '{"error":"invalid_grant","error_description":"<b>"}',
    'sign-in-failed: the identity provider does not take the code',
  ],
  [
    'a client that it does not know',
    401,
    '{"error":"invalid_client"}',
    'sign-in-failed: the identity provider refused the client (invalid_client)',
  ],
  ['an error of a strange form', 400, '{"error":"<script>"}', 'sign-in-failed: the identity provider refused the client (status 400)'],
  ['no ID token', 200, '{"access_token":"x"}', 'sign-in-failed: the identity provider gave no ID token'],
  ['a defect of its own', 500, '{}', 'issuer-unavailable'],
  ['a page', 200, '<html>', 'issuer-unavailable'],
  ['an endless answer', 200, `{"id_token":"${'x'.repeat(140_000)}"}`, 'issuer-unavailable'],
  ['another place', 302, '', 'issuer-unavailable'],
])('answers with %s', async (_what, status, body, expected) => {
  answer = { status, body };
  expect(await exchanged(provider())).toContain(expected);
  expect(asked).toHaveLength(1);
});

it('exchanges so many codes at once and no more', async () => {
  answer = 'silent';
  const one = provider();
  const all = new Promise<void>((resolve) => (onAsked = () => asked.length === MAX_EXCHANGES && resolve()));
  const waiting = Array.from({ length: MAX_EXCHANGES }, () => exchanged(one));
  await all;
  expect(await exchanged(one)).toBe('issuer-unavailable: too many people sign in at once');
  server.closeAllConnections();
  expect(new Set(await Promise.all(waiting))).toEqual(new Set(['issuer-unavailable: the identity provider does not answer']));
  answer = { status: 200, body: '{"id_token":"a.b.c"}' };
  expect(await exchanged(one)).toBe('taken');
});

it('is looked up once in ten minutes, and left alone for ten seconds after it failed', async () => {
  const begin = (of: IdentityProvider) => codeOf(of.authorizationUrl({ state: 's', nonce: 'n', challenge: 'h' }));
  const one = provider();
  expect([await begin(one), await begin(one), discoveries]).toEqual(['taken', 'taken', 1]);
  clock += 600_000;
  metadata = { issuer: 'https://evil.example' };
  for (let times = 0; times < 3; times++) expect(await begin(one)).toBe('issuer-unavailable: the identity provider does not answer');
  expect([discoveries, failures]).toEqual([2, 1]);
  metadata = { token_endpoint: 'http://id.example/token' }; // a secret would go there in the clear
  clock += 10_000;
  expect(await begin(one)).toContain('issuer-unavailable');
  metadata = {};
  clock += 10_000;
  expect(await begin(one)).toBe('taken');
});
