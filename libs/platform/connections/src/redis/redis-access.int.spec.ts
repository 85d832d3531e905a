import { copyFileSync } from 'node:fs';
import { noopTelemetry } from '@voltbus/telemetry';
import { freePorts, testPki, until, type TestPki } from '@voltbus/testing';
import { TlsFiles, type TlsPaths } from '@voltbus/tls';
import { RedisServer } from '../testing/redis-servers';
import { RedisConnections } from './redis-connections';
import { redisRefusal } from './redis-refusal';

/** The rights that docs/how-to/secure-connections.md names. */
const RIGHTS =
  '~csms:* +@read +@write +@scripting +@connection +time +info +role +cluster|slots +cluster|shards +cluster|nodes +cluster|info';
const ref = { tenant: 'default', station: 'CP/1' };
const by = { inst: 'gw-a', bucket: 3, protocol: 'ocpp2.1', lastSeenAt: 5 } as const;

let pki: TestPki;
beforeAll(async () => (pki = await testPki()));
afterAll(() => pki.remove());

const tls = (paths: TlsPaths = {}, serverName?: string) => ({ files: new TlsFiles({ ca: pki.ca, ...paths }), serverName });
const secured = (port: number, more: readonly string[] = []) => [
  ...['--tls-port', String(port), '--tls-cert-file', pki.server.cert, '--tls-key-file', pki.server.key, '--tls-ca-cert-file', pki.ca],
  ...more,
];
/** A connect of a station and all that a gateway does besides. */
async function use(url: string, access: ReturnType<typeof tls>): Promise<number> {
  const connections = new RedisConnections({ ...noopTelemetry, url, tls: access });
  try {
    await until('the registry is available', () => connections.available);
    await connections.takeBucket('gw-a', 64);
    await connections.renewLease({ inst: 'gw-a', bucket: 3 });
    const { epoch } = await connections.acquire(ref, by);
    expect(await connections.assert([{ ref, owner: { ...by, epoch } }])).toEqual(['refreshed']);
    expect(await connections.find(ref)).toMatchObject(by);
    expect(await connections.leases()).toHaveLength(1);
    await connections.profile(ref);
    await connections.dropProfile(ref);
    await connections.release(ref, epoch);
    await connections.endLease('gw-a');
    return epoch;
  } finally {
    await connections.close();
  }
}

describe('a Redis with TLS and users', () => {
  let server: RedisServer;
  let port: number;
  const cli = (...args: string[]) => server.cli('-a', 'admin', '--no-auth-warning', ...args);
  const url = (login = 'voltbus:p%40ss@', host = 'localhost') => `rediss://${login}${host}:${port}`;

  beforeAll(async () => {
    [port = 0] = await freePorts(1);
    server = await RedisServer.start(secured(port, ['--tls-auth-clients', 'optional']));
    await server.cli('ACL', 'SETUSER', 'voltbus', 'on', '>p@ss', ...RIGHTS.split(' '));
    await server.cli('ACL', 'SETUSER', 'stranger', 'on', '>p@ss', '~other:*', '+@all');
    await server.cli('ACL', 'SETUSER', 'narrow', 'on', '>p@ss', ...RIGHTS.replace('+time ', '').split(' '));
    await server.cli('CONFIG', 'SET', 'requirepass', 'admin');
  });
  afterAll(() => server.stop());

  it('is used as a user with no more rights than the page names, by TLS, and by TLS with a client certificate', async () => {
    expect(await redisRefusal(url(), tls(), 'test')).toBeNull();
    expect(await use(url(), tls())).toBeGreaterThan(0);
    await cli('CONFIG', 'SET', 'tls-auth-clients', 'yes');
    try {
      expect(await redisRefusal(url(), tls(pki.client), 'test')).toBeNull();
      expect(await use(url(), tls(pki.client))).toBeGreaterThan(0);
      expect(await redisRefusal(url(), tls(), 'test')).toMatchObject({ kind: 'client-certificate' });
      expect(await redisRefusal(url(), tls(pki.strange), 'test')).toMatchObject({ kind: 'client-certificate' });
    } finally {
      await cli('CONFIG', 'SET', 'tls-auth-clients', 'optional');
    }
  });

  it.each<[string, () => [string, ReturnType<typeof tls>], string, RegExp]>([
    ['the CA is another one', () => [url(), tls({ ca: pki.strangeCa })], 'ca', /certificate/],
    ['only public CAs are trusted', () => [url(), tls({ ca: undefined })], 'ca', /certificate/],
    ['its certificate has another name', () => [url(), tls({}, 'redis.example')], 'name', /redis\.example/],
    ['it is reached by an address', () => [url(undefined, '127.0.0.1'), tls()], 'name', /127\.0\.0\.1/],
    ['it wants TLS and gets none', () => [url().replace('rediss', 'redis'), tls()], 'closed', /closes/],
    ['the password is wrong', () => [url('voltbus:wrong@'), tls()], 'credentials', /WRONGPASS/],
    ['the user is unknown', () => [url('nobody:p%40ss@'), tls()], 'credentials', /WRONGPASS/],
    ['no password is given', () => [url(''), tls()], 'credentials', /NOAUTH/],
    ['the user may not run what scripts run', () => [url('narrow:p%40ss@'), tls()], 'rights', /can't run|NOPERM/],
    ['the user may not use its keys', () => [url('stranger:p%40ss@'), tls()], 'rights', /NOPERM/],
  ])('is told apart where %s', async (_, given, kind, reason) => {
    const [wrong, access] = given();
    expect(await redisRefusal(wrong, access, 'test')).toEqual({ kind, server: new URL(wrong).host, reason: expect.stringMatching(reason) });
  });

  it('is told apart from one without TLS', async () => {
    const refusal = await redisRefusal(server.url.replace('redis:', 'rediss:'), tls(), 'test');
    expect(refusal).toMatchObject({ kind: expect.stringMatching(/^(no-tls|closed)$/) as string });
  });

  it('is reached by an address under the name that is given', async () => {
    expect(await redisRefusal(url(undefined, '127.0.0.1'), tls({}, 'localhost'), 'test')).toBeNull();
  });

  it('that is away is no refusal', async () => {
    expect(await redisRefusal('rediss://localhost:1', tls(), 'test')).toBeNull();
  });

  it('is connected to again with a renewed certificate', async () => {
    await cli('CONFIG', 'SET', 'tls-auth-clients', 'yes');
    const files = { cert: `${pki.folder}/renewed.crt`, key: `${pki.folder}/renewed.key` };
    const take = ({ cert, key }: typeof files) => [copyFileSync(cert, files.cert), copyFileSync(key, files.key)];
    take(pki.client);
    const connections = new RedisConnections({ ...noopTelemetry, url: url(), tls: tls(files) });
    try {
      await until('the registry is available', () => connections.available);
      take(pki.strange); // the server refuses it: that it was used is seen by that
      await cli('CLIENT', 'KILL', 'TYPE', 'normal');
      await until('the registry is away', () => !connections.available);
      await expect(connections.find(ref)).rejects.toMatchObject({ name: 'ConnectionsUnavailable' });
      take(pki.client);
      await until('the registry is available', () => connections.available);
      await connections.acquire(ref, by);
    } finally {
      await connections.close();
      await cli('CONFIG', 'SET', 'tls-auth-clients', 'optional');
    }
  });
});

describe('a Redis Cluster with TLS', () => {
  it('is used by the names of its nodes, which their certificates are for', async () => {
    const [port = 0] = await freePorts(1);
    const cluster = ['--cluster-enabled', 'yes', '--tls-cluster', 'yes', '--tls-replication', 'yes', '--tls-auth-clients', 'optional'];
    const names = ['--cluster-announce-hostname', 'localhost', '--cluster-preferred-endpoint-type', 'hostname'];
    const server = await RedisServer.start(secured(port, [...cluster, ...names]));
    try {
      await server.cli('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
      await until('the cluster serves', async () => (await server.cli('CLUSTER', 'INFO')).includes('cluster_state:ok'));
      expect(await use(`rediss://localhost:${port}?cluster=true`, tls())).toBeGreaterThan(0);
    } finally {
      await server.stop();
    }
  });
});
