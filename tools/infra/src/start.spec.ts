import { freePorts } from './free-ports';
import { startKafka, startPostgres, startRedis } from './start';

describe('a server that is given', () => {
  const lines: string[] = [];
  beforeEach(() => void (lines.length = 0));
  const options = (given: string) => ({ dataDir: '/nowhere', given, log: (text: string) => void lines.push(text) });

  it('is used as it is, and logged', async () => {
    expect(await startKafka(options('a:9092,b:9092'))).toMatchObject({ brokers: ['a:9092', 'b:9092'], pid: null });
    expect(await startRedis(options('redis://a:6379'))).toMatchObject({ url: 'redis://a:6379', pid: null });
    expect(await startPostgres(options('postgres://me:secret@a/db'))).toMatchObject({ url: 'postgres://me:secret@a/db', adminUrl: null });
    expect(lines).toEqual(['Kafka', 'Redis', 'Postgres'].map((name) => `${name}: as the environment says`));
  });

  it('is never stopped or killed, and its password is not shown', async () => {
    const server = await startPostgres(options('postgres://me:secret@a/db'));
    await server.stop();
    await expect(server.restart()).rejects.toThrow('Postgres at a is not ours to stop or start');
    await expect(server.signal('SIGKILL')).rejects.toThrow(/^((?!secret).)*$/);
  });
});

describe('free ports', () => {
  it('are all different, and below those that systems give to outgoing connections', async () => {
    const ports = await freePorts(50);
    expect(new Set(ports).size).toBe(50);
    for (const port of ports) expect(port).toBeLessThan(30_000);
  });
});
