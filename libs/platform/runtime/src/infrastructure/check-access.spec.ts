import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createPlain, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { TestCertificate, silentLogger } from '@voltbus/testing';
import { ConfigError, readSettings } from '../settings/read-settings';
import { checkAccess } from './check-access';

let folder: string;
let root: TestCertificate;
const servers: Server[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'voltbus-access-'));
  root = await TestCertificate.root('CA');
});
afterEach(() => servers.splice(0).forEach((server) => server.close()));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function portOf(server: Server): Promise<number> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
async function refused(environment: Record<string, string>, closedForMs = 0): Promise<readonly string[]> {
  const settings = readSettings(environment, 'standalone', 'standalone');
  const problems = await checkAccess('test', settings, silentLogger, closedForMs).catch((error: unknown) => error);
  return problems instanceof ConfigError ? problems.problems : [];
}
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

it('names all servers that refuse us at once, each with the setting to change', async () => {
  const leaf = await root.leaf('server', { names: ['localhost'] });
  const tls = await portOf(createServer({ cert: leaf.pem, key: leaf.keyPem }));
  const closing = await portOf(createPlain((socket) => socket.destroy()));
  const environment = {
    VOLTBUS_KAFKA_BROKERS: `localhost:${tls}`,
    VOLTBUS_KAFKA_TLS: 'true',
    VOLTBUS_REDIS_URL: `rediss://127.0.0.1:${tls}`,
    VOLTBUS_REDIS_TLS_CA_FILE: file('ca', root.pem),
    VOLTBUS_DATABASE_URL: `postgres://u:hunter2@127.0.0.1:${closing}/d`,
  };
  expect(await refused(environment)).toEqual([
    expect.stringMatching(/^Kafka at localhost:\d+: its certificate is not accepted.*VOLTBUS_KAFKA_TLS_CA_FILE/),
    expect.stringMatching(/^Redis at 127\.0\.0\.1:\d+: its certificate is not accepted.*127\.0\.0\.1.*VOLTBUS_REDIS_TLS_SERVER_NAME/),
    expect.stringMatching(/^Postgres at 127\.0\.0\.1:\d+: it closes the connection/),
  ]);
});

it('takes nothing that is away for a refusal: it is waited for later', async () => {
  const nobody = await portOf(createPlain());
  servers.splice(0).forEach((server) => server.close());
  const environment = {
    VOLTBUS_KAFKA_BROKERS: `127.0.0.1:${nobody}`,
    VOLTBUS_REDIS_URL: `redis://127.0.0.1:${nobody}`,
    VOLTBUS_DATABASE_URL: `postgres://u:p@127.0.0.1:${nobody}/d`,
  };
  expect(await refused(environment)).toEqual([]);
});

it('asks a server that closes its connections again, which may be a proxy whose server starts', async () => {
  let connections = 0;
  const closing = createPlain((socket) => {
    socket.destroy();
    if (++connections > 2) closing.close(); // from now on it is away
  });
  const redis = { VOLTBUS_REDIS_URL: `redis://127.0.0.1:${await portOf(closing)}` };
  expect(await refused(redis, 60_000)).toEqual([]);
  expect(connections).toBeGreaterThan(2);
});

describe('a token provider', () => {
  const environment = (text: string, name = 'provider.cjs') => ({
    VOLTBUS_KAFKA_BROKERS: '127.0.0.1:1',
    VOLTBUS_KAFKA_SASL_MECHANISM: 'oauthbearer',
    VOLTBUS_KAFKA_TOKEN_PROVIDER: file(name, text),
  });

  it('is a module whose default export is a function', async () => {
    expect(await refused(environment('module.exports = async () => ({ value: "t" });'))).toEqual([]);
    expect(await refused(environment('exports.default = async () => ({ value: "t" });', 'second.cjs'))).toEqual([]);
    expect(await refused(environment('exports.token = 1;', 'third.cjs'))).toEqual([
      expect.stringMatching(/KAFKA_TOKEN_PROVIDER: .* has no function/),
    ]);
    expect(await refused(environment('throw new Error("no region");', 'fourth.cjs'))).toEqual([
      expect.stringMatching(/cannot be loaded: no region/),
    ]);
  });
});
