import { gate, TestCertificate } from '@voltbus/testing';
import { webcrypto } from 'node:crypto';
import { never, Receiver, status } from '../../testing/receiver';
import { startWebhooks, type WebhooksFixture } from '../../testing/webhooks-fixture';
import { DISABLED_AFTER_MS } from '../domain/delivery-limits';

let fixture: WebhooksFixture;
beforeAll(async () => (fixture = await startWebhooks()));
beforeEach(() => fixture.reset());
afterAll(() => fixture?.close());

const attemptOf = async () => (await fixture.deliveries())[0]?.attempts.at(-1);
const dueInSeconds = async () => {
  const [queue] = await fixture.database.query<{ due_at: Date }[]>('SELECT due_at FROM webhooks.queues');
  return queue === undefined ? null : (queue.due_at.getTime() - fixture.clock.now().getTime()) / 1_000;
};

describe('a receiver that', () => {
  it('redirects to an inner address is not followed, and the attempt failed', async () => {
    const inner = await fixture.anotherReceiver();
    await fixture.put();
    await fixture.event();
    fixture.receiver.answer = status(307, { location: fixture.url(inner) });
    await fixture.send();
    expect(await attemptOf()).toMatchObject({ status: 307, error: 'redirect' });
    expect(inner.requests).toEqual([]);
  });

  it('never answers is given up after the longest time of an attempt', async () => {
    await fixture.put();
    await fixture.event();
    fixture.receiver.answer = never;
    await fixture.send(fixture.senderOf(fixture.service, { limits: { attemptMs: 200 } }));
    expect(await attemptOf()).toMatchObject({ status: null, error: 'timeout' });
  });

  it('closes the connection without an answer has failed', async () => {
    await fixture.put();
    await fixture.event();
    fixture.receiver.answer = (response) => void response.destroy();
    await fixture.send();
    expect(await attemptOf()).toMatchObject({ status: null, error: 'connection' });
  });

  it.each(['101 Switching Protocols', '200 OK'])('wants another protocol (%s) has answered with that status, and no more', async (line) => {
    await fixture.put();
    await fixture.event();
    fixture.receiver.answer = ({ socket }) =>
      void socket?.write(`HTTP/1.1 ${line}\r\nConnection: upgrade\r\nUpgrade: other\r\nContent-Length: 0\r\n\r\n`);
    await fixture.send();
    const code = Number(line.slice(0, 3));
    expect(await attemptOf()).toMatchObject({ status: code, error: code === 200 ? null : 'status' });
  });

  it('sends informational answers for ever is given up after the longest time of an attempt', async () => {
    await fixture.put();
    await fixture.event();
    fixture.receiver.answer = ({ socket }) => {
      const more = (): void => void socket?.write('HTTP/1.1 103 Early Hints\r\n\r\n', (error) => (error ? undefined : setImmediate(more)));
      more();
    };
    await fixture.send(fixture.senderOf(fixture.service, { limits: { attemptMs: 200 } }));
    expect(await attemptOf()).toMatchObject({ status: null, error: 'timeout' });
  });

  it('dies in the middle of its answer has said what it had to say: the status', async () => {
    await fixture.put();
    await fixture.event();
    fixture.receiver.answer = (response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => response.destroy());
    };
    await fixture.send();
    expect(await attemptOf()).toMatchObject({ status: 200, error: null, detail: 'half' });
  });

  it('never ends its answer has said what it had to say when the longest time of an attempt is over', async () => {
    await fixture.put();
    await fixture.event();
    fixture.receiver.answer = (response) => void response.writeHead(200, { 'content-length': '100' }).write('half');
    await fixture.send(fixture.senderOf(fixture.service, { limits: { attemptMs: 200 } }));
    expect(await attemptOf()).toMatchObject({ status: 200, error: null, detail: 'half' });
  });

  it('answers without end is read no further than the bound', async () => {
    await fixture.put();
    await fixture.event();
    const closed = gate();
    fixture.receiver.answer = (response) => {
      response.writeHead(500);
      const more = (): void => void response.write('x'.repeat(65_536), (error) => (error ? closed.open() : more()));
      response.once('close', () => closed.open());
      more();
    };
    await fixture.send();
    await closed.opened;
    const attempt = await attemptOf();
    expect(attempt).toMatchObject({ status: 500, error: 'status' });
    expect(attempt?.detail).toHaveLength(1_000);
  });

  it('repeats a secret has it redacted, and its control characters replaced', async () => {
    await fixture.put();
    await fixture.event();
    fixture.receiver.answer = status(401, {}, '\u0000 wrong: Authorization: Bearer abcdefghijklmnop');
    await fixture.send();
    const { detail = '' } = (await attemptOf()) ?? {};
    expect(detail).not.toBe('');
    expect(detail).not.toMatch(/abcdefghijklmnop|\u0000/);
  });

  it.each([429, 503])('answers %s is left alone for as long as it asks', async (code) => {
    await fixture.put();
    await fixture.event();
    fixture.receiver.answer = status(code, { 'retry-after': '900' });
    await fixture.send();
    expect(await dueInSeconds()).toBe(900);
  });

  it('asks for a pause with another status is not listened to', async () => {
    await fixture.put();
    await fixture.event();
    fixture.receiver.answer = status(500, { 'retry-after': '900' });
    await fixture.send();
    expect(await dueInSeconds()).toBe(5);
  });

  it('answers 410 is sent no more: its webhook is disabled, and the delivery is dead', async () => {
    await fixture.put();
    await fixture.event();
    fixture.receiver.answer = status(410);
    await fixture.send();
    expect(await fixture.find('hook')).toMatchObject({ enabled: false, disabledReason: 'gone', disabledAt: fixture.clock.now() });
    expect(await fixture.deliveries()).toMatchObject([{ state: 'dead', reason: 'gone' }]);
    await fixture.event();
    expect(await fixture.deliveries()).toHaveLength(1);
  });

  it('fails for five days has its webhook disabled, which shows; enabled again, whatever waits goes at once', async () => {
    await fixture.put();
    await fixture.event();
    fixture.receiver.answer = status(500);
    await fixture.send();
    expect((await fixture.find('hook')).failingSince).toEqual(fixture.clock.now());
    fixture.clock.pass(DISABLED_AFTER_MS / 1_000 - 1);
    for (const station of ['A', 'B']) await fixture.event(station);
    await fixture.send();
    expect(await fixture.find('hook')).toMatchObject({ enabled: true });
    fixture.clock.pass(60);
    await fixture.send();
    expect(await fixture.find('hook')).toMatchObject({ enabled: false, disabledReason: 'failing' });
    expect(fixture.metrics.total('webhooks_disabled_total', { reason: 'failing' })).toBe(1);
    const before = fixture.receiver.requests.length;
    fixture.clock.pass(86_400);
    await fixture.send();
    expect(fixture.receiver.requests).toHaveLength(before);
    fixture.receiver.answer = status(200);
    await fixture.put();
    await fixture.send();
    expect(await fixture.find('hook')).toMatchObject({ enabled: true, disabledReason: null, failingSince: null });
    expect((await fixture.deliveries()).map(({ state }) => state)).toEqual(['dead', 'delivered', 'delivered']);
  });

  it('comes back after a long time gets whatever waits at once', async () => {
    await fixture.put();
    for (const station of ['A', 'B']) await fixture.event(station);
    fixture.receiver.answer = status(500);
    for (let minutes = 0; minutes < 20; minutes += 5) {
      await fixture.send();
      fixture.clock.pass(300);
    }
    await fixture.event('C');
    fixture.receiver.answer = status(200);
    await fixture.send();
    expect((await fixture.deliveries()).map(({ state }) => state)).toEqual(['delivered', 'delivered', 'delivered']);
  });
});

describe('a name', () => {
  const named = (fixture: WebhooksFixture) => fixture.put('hook', { url: fixture.url(fixture.receiver, 'receiver.example') });

  it('is looked up once for an attempt, and the connection goes to the address that was judged', async () => {
    await named(fixture);
    await fixture.event();
    const asked: string[] = [];
    const resolve = (name: string) => (asked.push(name), Promise.resolve(asked.length === 1 ? ['127.0.0.1'] : ['10.0.0.1']));
    await fixture.send(fixture.senderOf(fixture.service, { resolve }));
    expect([asked, fixture.receiver.requests[0]?.headers.host]).toEqual([
      ['receiver.example'],
      `receiver.example:${fixture.receiver.port}`,
    ]);
  });

  it('is judged anew at each attempt: one that has moved to a private address is refused', async () => {
    await named(fixture);
    fixture.receiver.answer = status(500);
    let asked = 0;
    const resolve = () => Promise.resolve([asked++ === 0 ? '127.0.0.1' : '127.0.0.2']);
    const sender = fixture.senderOf(fixture.service, { resolve });
    await fixture.event();
    await fixture.send(sender);
    fixture.clock.pass(5);
    await fixture.send(sender);
    expect(fixture.receiver.requests).toHaveLength(1);
    expect(await attemptOf()).toMatchObject({ status: null, error: 'refused', detail: expect.stringContaining('127.0.0.2') });
  });

  it('that nobody knows, or whose name server is silent, is a failed attempt within its time', async () => {
    await named(fixture);
    await fixture.event();
    const unknown = () =>
      Promise.reject(Object.assign(new Error('queryA ENOTFOUND receiver.example'), { code: 'ENOTFOUND', syscall: 'queryA' }));
    await fixture.send(fixture.senderOf(fixture.service, { resolve: unknown }));
    expect(await attemptOf()).toMatchObject({ error: 'name' });
    fixture.clock.pass(5);
    const silent = () => new Promise<never>(() => undefined);
    await fixture.send(fixture.senderOf(fixture.service, { resolve: silent, limits: { attemptMs: 100 } }));
    expect(await attemptOf()).toMatchObject({ error: 'timeout' });
  });

  it('that was made while its address was allowed is refused when it is no longer', async () => {
    await fixture.put();
    await fixture.event();
    await fixture.send(fixture.senderOf(fixture.service, { allowedAddresses: [] }));
    expect([fixture.receiver.requests, await attemptOf()]).toEqual([[], expect.objectContaining({ error: 'refused' })]);
  });
});

it('a certificate that nobody vouches for is refused', async () => {
  const root = await TestCertificate.root('receiver');
  const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', root.keys.privateKey)).toString('base64');
  const secure = await Receiver.start({ cert: root.pem, key: `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----` });
  fixture.allowPort(secure.port);
  await fixture.put('hook', { url: `https://127.0.0.1:${secure.port}/` });
  await fixture.event();
  await fixture.send();
  expect([secure.requests, await attemptOf()]).toEqual([[], expect.objectContaining({ status: null, error: 'tls' })]);
  await secure.close();
});
