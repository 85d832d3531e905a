import { noopTelemetry, type Logger, type Metrics } from '@voltbus/telemetry';
import { TcpProxy, until } from '@voltbus/testing';
import { connectionsContract } from '../testing/connections-contract';
import { RedisConnections } from './redis-connections';
import { RedisServer, startRedisCluster } from '../testing/redis-servers';

const logged: string[] = [];
const logger: Logger = {
  ...noopTelemetry.logger,
  info: (_, message) => void logged.push(message),
  warn: (_, message) => void logged.push(message),
};
const counted: Record<string, number> = {};
const metrics: Metrics = {
  ...noopTelemetry.metrics,
  counter: (name) => ({ add: (amount, labels) => count(name, { ...labels }, amount) }),
  histogram: (name) => ({ observe: (_, labels) => count(name, { ...labels }, 1) }),
};
function count(name: string, labels: object, amount: number): void {
  const key = `${name}${JSON.stringify(labels)}`;
  counted[key] = (counted[key] ?? 0) + amount;
}

async function connect(url: string, ttl?: object): Promise<RedisConnections> {
  const connections = new RedisConnections({ url, logger, metrics, ...ttl });
  await until('the registry is available', () => connections.available);
  return connections;
}

const ref = { tenant: 'default', station: 'CP/1' };
const by = { inst: 'gw-a', bucket: 3, protocol: 'ocpp2.1', lastSeenAt: 5 } as const;

/** Well beyond the second that a call may take. */
const BUSY_MS = 4_000;
function busyFor(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

describe('RedisConnections on one node', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server.stop());

  connectionsContract({
    open: (ttl) => connect(server.url, ttl),
    flush: async () => void (await server.cli('FLUSHALL')),
    away: () => server.kill(),
    back: () => server.start(),
  });

  describe('by itself', () => {
    let connections: RedisConnections;
    beforeAll(async () => {
      connections = await connect(server.url);
    });
    afterAll(() => connections.close());
    beforeEach(async () => void (await server.cli('FLUSHALL')));

    it('keeps everything of a station under its hash tag, and everything with an end', async () => {
      await connections.acquire(ref, by);
      await connections.takeBucket('gw-a', 64);
      await connections.putProfile({
        ...ref,
        known: true,
        blocked: false,
        securityProfile: 1,
        keyHashes: [],
        registration: 'accepted',
        unknownStations: 'refuse',
        answersUpdates: false,
      });
      const keys = (await server.cli('KEYS', '*')).split('\n').sort();
      expect(keys).toEqual(['csms:c:{default/CP/1}', 'csms:gw', 'csms:s:{default/CP/1}']);
      for (const key of keys) expect(Number(await server.cli('PTTL', key))).toBeGreaterThan(0);
    });

    it('leaves of a released connection only its epoch, with an end', async () => {
      const { epoch } = await connections.acquire(ref, by);
      await connections.release(ref, epoch);
      expect(await server.cli('HGETALL', 'csms:c:{default/CP/1}')).toBe(`epoch\n${epoch}`);
      expect(Number(await server.cli('PTTL', 'csms:c:{default/CP/1}'))).toBeGreaterThan(500_000);
    });

    it('goes on when the server has forgotten the scripts', async () => {
      const first = await connections.acquire(ref, by);
      await server.cli('SCRIPT', 'FLUSH', 'SYNC');
      expect((await connections.acquire(ref, by)).epoch).toBeGreaterThan(first.epoch);
    });

    it('asks the server twice for a connect: for the profile and for the ownership', async () => {
      await connections.acquire(ref, by); // the script is known from here on
      const callsBefore = await calls(server);
      await connections.profile(ref);
      await connections.acquire(ref, by);
      const made = difference(callsBefore, await calls(server));
      expect(made).toMatchObject({ get: 1, evalsha: 1 });
      expect(made).not.toHaveProperty('eval');
      expect(made).not.toHaveProperty('script');
    });

    it('takes a profile of another release for a miss', async () => {
      await server.cli('SET', 'csms:s:{default/CP/1}', '{"known":true}');
      expect(await connections.profile(ref)).toBeNull();
      await server.cli('SET', 'csms:s:{default/CP/1}', 'not JSON');
      expect(await connections.profile(ref)).toBeNull();
    });

    it('rejects while the server is frozen, knows it is away after that, and recovers when it thaws', async () => {
      server.freeze();
      await expect(connections.acquire(ref, by)).rejects.toMatchObject({ name: 'ConnectionsUnavailable' });
      expect(connections.available).toBe(false);
      await expect(connections.acquire(ref, by)).rejects.toMatchObject({ name: 'ConnectionsUnavailable' });
      server.thaw();
      await until('the registry is available', () => connections.available);
      expect((await connections.acquire(ref, by)).epoch).toBeGreaterThan(0);
      expect(logged).toEqual(expect.arrayContaining(['the connection registry is away', 'the connection registry answers']));
    });

    it('is away in a call that a full server refuses, and gives the reason', async () => {
      await server.cli('CONFIG', 'SET', 'maxmemory', '1');
      await expect(connections.acquire(ref, by)).rejects.toMatchObject({
        name: 'ConnectionsUnavailable',
        cause: { message: expect.stringContaining('OOM') as string },
      });
      await server.cli('CONFIG', 'SET', 'maxmemory', '0');
      await connections.acquire(ref, by);
    });

    it('answers a call made before it was connected', async () => {
      const fresh = new RedisConnections({ url: server.url, logger, metrics });
      expect(fresh.available).toBe(false);
      expect((await fresh.acquire(ref, by)).previous).toBeNull();
      expect(fresh.available).toBe(true);
      await fresh.close();
    });

    it('measures every call by its name, and counts those that failed', async () => {
      const before = counted['redis_command_duration_seconds{"command":"find"}'] ?? 0;
      await connections.find(ref);
      expect(counted['redis_command_duration_seconds{"command":"find"}']).toBe(before + 1);
      const failed = counted['redis_errors_total{"command":"acquire"}'] ?? 0;
      await server.cli('CONFIG', 'SET', 'maxmemory', '1');
      await expect(connections.acquire(ref, by)).rejects.toThrow();
      await server.cli('CONFIG', 'SET', 'maxmemory', '0');
      expect(counted['redis_errors_total{"command":"acquire"}']).toBe(failed + 1);
    });

    it('ends the lease of a dead gateway that was written before the clock was set back, and not that of a living one', async () => {
      const short = await connect(server.url, { leaseTtlMs: 200 });
      const alive = await short.takeBucket('alive', 64);
      await server.cli('HSET', 'csms:gw', 'dead', `3:${Date.now() + 7_200_000}`, 'alive', `${alive.bucket}:${Date.now() + 7_200_000}`);
      expect((await short.leases()).map(({ inst }) => inst).sort()).toEqual(['alive', 'dead']);
      await until('the lease of the dead gateway ends', async () => {
        await short.renewLease(alive);
        return (await short.leases()).every(({ inst }) => inst === 'alive');
      });
      expect(await short.leases()).toEqual([alive]);
      await short.close();
    });

    it('lets the process go while it is still trying to connect', async () => {
      const lost = new RedisConnections({ url: 'redis://127.0.0.1:1', logger, metrics });
      await expect(lost.find(ref)).rejects.toMatchObject({ name: 'ConnectionsUnavailable' });
      await lost.close();
    });
  });
});

describe('RedisConnections by a name that moves', () => {
  let old: RedisServer;
  let young: RedisServer;
  let proxy: TcpProxy;
  let connections: RedisConnections;
  beforeEach(async () => {
    [old, young] = await Promise.all([RedisServer.start(), RedisServer.start()]);
    proxy = await TcpProxy.start({ host: '127.0.0.1', port: old.port });
    connections = await connect(`redis://127.0.0.1:${proxy.port}`);
  });
  afterEach(async () => {
    await connections.close();
    await proxy.stop();
    await Promise.all([old.stop(), young.stop()]);
  });
  const away = () => until('the registry is unavailable', () => !connections.available);

  it('leaves a server that became a read-only replica, tells that it is away, and finds the new master', async () => {
    const { epoch } = await connections.acquire(ref, by);
    const availability: boolean[] = [];
    connections.onAvailability((available) => availability.push(available));
    await old.cli('REPLICAOF', '127.0.0.1', String(young.port)); // open connections stay, the name still leads here
    await expect(connections.acquire(ref, by)).rejects.toMatchObject({ name: 'ConnectionsUnavailable' });
    expect(connections.available).toBe(false);
    await expect(connections.find(ref)).rejects.toMatchObject({ name: 'ConnectionsUnavailable' }); // whose answers would grow old
    proxy.move({ host: '127.0.0.1', port: young.port });
    await until('the registry is available', () => connections.available);
    expect(await connections.assert([{ ref, owner: { ...by, epoch } }])).toEqual(['restored']);
    expect(await young.cli('EXISTS', 'csms:c:{default/CP/1}')).toBe('1');
    expect(availability).toEqual([false, true]);
  });

  it('leaves it also when it only reads, which a replica answers', async () => {
    await old.cli('REPLICAOF', '127.0.0.1', String(young.port));
    await away();
    proxy.move({ host: '127.0.0.1', port: young.port });
    await until('the registry is available', () => connections.available);
    expect(await connections.find(ref)).toBeNull();
  });

  it('leaves a server that fell silent, with nothing asked and nothing closed', async () => {
    proxy.silence();
    proxy.move({ host: '127.0.0.1', port: young.port });
    await away();
    await until('the registry is available', () => connections.available);
    await connections.acquire(ref, by);
    expect(await young.cli('EXISTS', 'csms:c:{default/CP/1}')).toBe('1');
  });

  it('does not take the delay of this process for the absence of the server, at whatever point of a call it comes', async () => {
    const direct = await connect(old.url);
    const availability: boolean[] = [];
    direct.onAvailability((available) => availability.push(available));
    const early = direct.acquire(ref, by);
    busyFor(BUSY_MS); // before the call is sent
    const late = early.then(() => direct.acquire(ref, by));
    await early;
    await new Promise((next) => setImmediate(next));
    busyFor(BUSY_MS); // while its answer comes
    expect((await late).previous?.inst).toBe(by.inst);
    expect(availability).toEqual([]);
    await direct.close();
  });
});

describe('RedisConnections on a cluster', () => {
  let servers: RedisServer[] = [];
  const url = () => `redis://${servers.map(({ port }) => `127.0.0.1:${port}`).join(',')}`;
  beforeAll(async () => {
    servers = await startRedisCluster();
  });
  afterAll(() => Promise.all(servers.map((server) => server.stop())));

  connectionsContract({
    open: (ttl) => connect(url(), ttl),
    flush: async () => void (await Promise.all(servers.map((server) => server.cli('FLUSHALL')))),
    away: async () => servers.forEach((server) => server.freeze()),
    back: async () => servers.forEach((server) => server.thaw()),
  });

  it('spreads the stations over all nodes', async () => {
    await Promise.all(servers.map((server) => server.cli('FLUSHALL')));
    const connections = await connect(url());
    const refs = Array.from({ length: 300 }, (_, i) => ({ tenant: 'default', station: `CP-${i}` }));
    await Promise.all(refs.map((one) => connections.acquire(one, by)));
    const sizes = await Promise.all(servers.map(async (server) => Number(await server.cli('DBSIZE'))));
    expect(sizes.reduce((sum, size) => sum + size)).toBe(300);
    for (const size of sizes) expect(size).toBeGreaterThan(50);
    await connections.close();
  });

  it('is away as a whole while one node is, and comes back with it', async () => {
    const connections = await connect(url());
    const [first] = servers;
    first?.freeze();
    const refs = Array.from({ length: 50 }, (_, i) => ({ tenant: 'default', station: `CP-${i}` }));
    await expect(connections.findMany(refs)).rejects.toMatchObject({ name: 'ConnectionsUnavailable' });
    expect(connections.available).toBe(false);
    first?.thaw();
    await until('the registry is available', () => connections.available);
    await connections.findMany(refs);
    await connections.close();
  });
});

async function calls(server: RedisServer): Promise<Record<string, number>> {
  const lines = (await server.cli('INFO', 'commandstats')).matchAll(/cmdstat_([^:]+):calls=(\d+)/g);
  return Object.fromEntries([...lines].map(([, name, number]) => [name, Number(number)]));
}

function difference(before: Record<string, number>, after: Record<string, number>): Record<string, number> {
  const entries = Object.entries(after).map(([name, number]) => [name, number - (before[name] ?? 0)] as const);
  return Object.fromEntries(entries.filter(([, number]) => number > 0));
}
