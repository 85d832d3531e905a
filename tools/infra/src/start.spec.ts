import { freePorts } from './free-ports';
import { startKafka, startPostgres, startRedis } from './start';

describe('a server that is given', () => {
  const said: string[] = [];
  beforeEach(() => void (said.length = 0));
  const wish = (given: string) => ({ dataDir: '/nowhere', given, say: (text: string) => void said.push(text) });

  it('is used as it is, and said', async () => {
    expect(await startKafka(wish('a:9092,b:9092'))).toMatchObject({ brokers: ['a:9092', 'b:9092'], pid: null });
    expect(await startRedis(wish('redis://a:6379'))).toMatchObject({ url: 'redis://a:6379', pid: null });
    expect(await startPostgres(wish('postgres://me:secret@a/db'))).toMatchObject({ url: 'postgres://me:secret@a/db', adminUrl: null });
    expect(said).toEqual(['Kafka', 'Redis', 'Postgres'].map((name) => `${name}: as the environment says`));
  });

  it('is never stopped or killed, and its password is not told', async () => {
    const server = await startPostgres(wish('postgres://me:secret@a/db'));
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
