'use strict';
// `npm run identity-provider [-- --port 8090]`: an OpenID provider for trials and tests, whose clients get access tokens (JWT) for services.
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

const HELP = `npm run identity-provider [-- --port 8090] [-- --secret TEXT]

An OpenID provider for trials, on this machine only. It prints one line of JSON: its issuer, the audience of its
tokens, and the clients with their secret (docs/how-to/connect-an-identity-provider.md). Ctrl-C ends it.

  --port N        port; 0, the default, takes a free one
  --secret TEXT   secret of all clients; made at random when left out
`;

async function main() {
  const { values } = parseArgs({
    options: { port: { type: 'string', default: '0' }, secret: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) return void process.stdout.write(HELP);
  const port = Number(values.port);
  if (!(Number.isInteger(port) && port >= 0 && port <= MAX_PORT)) throw new Error(`--port ${values.port} is no port`);
  const secret = values.secret ?? randomBytes(24).toString('base64url');
  const server = createServer().listen(port, '127.0.0.1');
  await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject));
  const issuer = `http://127.0.0.1:${server.address().port}`;
  server.on('request', await provider(issuer, secret));
  process.stdout.write(`${JSON.stringify({ issuer, audience: AUDIENCE, clients: Object.keys(CLAIMS), secret })}\n`);
}

/** @param {string} issuer @param {string} secret */
async function provider(issuer, secret) {
  const { default: Provider } = await import('oidc-provider');
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = { ...privateKey.export({ format: 'jwk' }), kid: randomBytes(6).toString('hex'), use: 'sig', alg: 'ES256' };
  const { privateKey: rsa } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const idTokenKey = { ...rsa.export({ format: 'jwk' }), kid: randomBytes(6).toString('hex'), use: 'sig', alg: 'RS256' };
  const client = { client_secret: secret, grant_types: ['client_credentials'], redirect_uris: [], response_types: [] };
  const oidc = new Provider(issuer, {
    clients: Object.keys(CLAIMS).map((client_id) => ({ ...client, client_id })),
    jwks: { keys: [key, idTokenKey] },
    cookies: { keys: [randomBytes(32).toString('hex')] },
    extraTokenClaims: (_context, token) => CLAIMS[token.clientId],
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => AUDIENCE,
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
  return oidc.callback();
}

main().catch((error) => {
  process.stderr.write(`identity-provider: ${error.message}\n`);
  process.exitCode = 64;
});
