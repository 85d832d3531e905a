'use strict';
// `npm run identity-provider [-- --port 8090]`: an OpenID provider for trials and tests, whose clients get access tokens (JWT) for services, and at which people sign in.
// It keeps nothing, and its keys are made anew at each start: never use it for more.
const { generateKeyPairSync, randomBytes } = require('node:crypto');
const { createServer } = require('node:http');
const { parseArgs } = require('node:util');

const AUDIENCE = 'https://voltbus.example/api';
const TOKEN_SECONDS = 300;
const MAX_PORT = 65_535;

/** What the clients' tokens carry beside the usual claims. */
const CLAIMS = {
  'help-desk': { roles: ['voltbus-operator'], tenant: 'default' },
  'depot-service': { roles: ['voltbus-technician'], tenant: 'default', sites: ['depot'] },
  stranger: {},
};

/** The client with which people sign in, and what their ID tokens carry. Nobody has a password: a page lets one choose who one is. */
const SIGN_IN_CLIENT = 'voltbus-people';
const PEOPLE = {
  olga: { name: 'Olga Operator', roles: ['voltbus-operator'], tenant: 'default' },
  tom: { name: 'Tom Technician', roles: ['voltbus-technician'], tenant: 'default', sites: ['depot'] },
  ada: { name: 'Ada Admin', roles: ['voltbus-admin'], tenant: 'default' },
  nobody: { name: 'Nobody' },
};
const REDIRECT_URI = 'http://127.0.0.1:8080/v1/auth/callback';

const HELP = `npm run identity-provider [-- --port 8090] [-- --secret TEXT] [-- --redirect URL]

An OpenID provider for trials, on this machine only. It prints one line of JSON: its issuer, the audience of its
tokens, the clients with their secret (docs/how-to/connect-an-identity-provider.md), the client with which people
sign in, and the people (docs/how-to/let-people-sign-in.md). Ctrl-C ends it.

  --port N        port; 0, the default, takes a free one
  --secret TEXT   secret of all clients; made at random when left out
  --redirect URL  where people are sent back to, ${REDIRECT_URI} when left out; may be repeated
`;

async function main() {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      secret: { type: 'string' },
      redirect: { type: 'string', multiple: true },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const port = Number(values.port);
  if (!(Number.isInteger(port) && port >= 0 && port <= MAX_PORT)) throw new Error(`--port ${values.port} is no port`);
  const secret = values.secret ?? randomBytes(24).toString('base64url');
  const server = createServer().listen(port, '127.0.0.1');
  await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject));
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const oidc = await provider(issuer, { secret, redirectUris: values.redirect ?? [REDIRECT_URI] });
  const respond = oidc.callback();
  server.on('request', (request, response) =>
    request.url.startsWith('/interaction/') ? interact(oidc, request, response) : respond(request, response),
  );
  const people = { signInClient: SIGN_IN_CLIENT, people: Object.keys(PEOPLE) };
  process.stdout.write(`${JSON.stringify({ issuer, audience: AUDIENCE, clients: Object.keys(CLAIMS), secret, ...people })}\n`);
}

/** A page with the people; whoever is chosen (`?person=olga`) has signed in. `?person=` declines. */
async function interact(oidc, request, response) {
  const person = new URL(request.url, 'http://here').searchParams.get('person');
  if (person === null) {
    const links = Object.entries(PEOPLE).map(([id, { name }]) => `<li><a href="?person=${id}">${name}</a></li>`);
    return void response.setHeader('content-type', 'text/html').end(`<!doctype html><title>Who are you?</title><ul>${links.join('')}</ul>`);
  }
  try {
    await oidc.interactionFinished(request, response, await resultOf(oidc, request, response, person));
  } catch (error) {
    response.writeHead(400).end(error.message);
  }
}

async function resultOf(oidc, request, response, person) {
  if (!Object.hasOwn(PEOPLE, person)) return { error: 'access_denied', error_description: 'nobody was chosen' };
  const { params } = await oidc.interactionDetails(request, response);
  const grant = new oidc.Grant({ accountId: person, clientId: params.client_id });
  grant.addOIDCScope('openid profile');
  return { login: { accountId: person, remember: false }, consent: { grantId: await grant.save() } };
}

/** @param {string} issuer @param {{ secret: string, redirectUris: string[] }} options */
async function provider(issuer, { secret, redirectUris }) {
  const { default: Provider } = await import('oidc-provider');
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = { ...privateKey.export({ format: 'jwk' }), kid: randomBytes(6).toString('hex'), use: 'sig', alg: 'ES256' };
  const { privateKey: rsa } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const idTokenKey = { ...rsa.export({ format: 'jwk' }), kid: randomBytes(6).toString('hex'), use: 'sig', alg: 'RS256' };
  const client = { client_secret: secret, grant_types: ['client_credentials'], redirect_uris: [], response_types: [] };
  const person = {
    client_id: SIGN_IN_CLIENT,
    client_secret: secret,
    redirect_uris: redirectUris,
    grant_types: ['authorization_code'],
    response_types: ['code'],
  };
  return new Provider(issuer, {
    clients: [...Object.keys(CLAIMS).map((client_id) => ({ ...client, client_id })), person],
    pkce: { required: () => true },
    conformIdTokenClaims: false, // the ID token has what the scopes give
    claims: { openid: ['sub'], profile: ['name', 'roles', 'tenant', 'sites'] },
    findAccount: (_context, id) => (Object.hasOwn(PEOPLE, id) ? { accountId: id, claims: () => ({ sub: id, ...PEOPLE[id] }) } : undefined),
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    jwks: { keys: [key, idTokenKey] },
    cookies: { keys: [randomBytes(32).toString('hex')] },
    extraTokenClaims: (_context, token) => CLAIMS[token.clientId],
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: (_context, { clientId }) => (clientId === SIGN_IN_CLIENT ? undefined : AUDIENCE),
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: '',
          audience: AUDIENCE,
          accessTokenFormat: 'jwt',
          accessTokenTTL: TOKEN_SECONDS,
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
  });
}

main().catch((error) => {
  process.stderr.write(`identity-provider: ${error.message}\n`);
  process.exitCode = 64;
});
