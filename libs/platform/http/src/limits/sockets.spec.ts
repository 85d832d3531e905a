import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { Body, Controller, Get, Module, Put } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { silentLogger } from '@voltbus/testing';
import { Needs, Public } from '../auth/access';
import { OF_TENANT } from '../auth/reach';
import { TestApp } from '../testing/test-app';
import { httpApi } from '../http-api';

let release: () => void = () => undefined;
let onBegun: () => void = () => undefined;

@Controller('v1')
class Waits {
  @Get('waits')
  @Public()
  async waits() {
    const released = new Promise<void>((resolve) => (release = resolve));
    onBegun();
    await released;
    return {};
  }

  @Put('body')
  @Needs('stations:read', OF_TENANT)
  body(@Body() body: unknown) {
    return body;
  }
}
@Module({ controllers: [Waits] })
class WaitsModule {}

/** As short as the settings allow, because these tests wait until a socket is closed. */
const SHORT = { VOLTBUS_API_HEADER_SECONDS: '0.4', VOLTBUS_API_BODY_SECONDS: '0.4' };
/** Below Node's own timeout of five minutes, which must not be the one that closes a socket. */
const PATIENCE_MS = 60_000;

const apps: NestFastifyApplication[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const app of apps.splice(0)) await app.close();
});

async function listen(environment: Readonly<Record<string, string>>): Promise<number> {
  const app = await httpApi.create(
    { module: WaitsModule },
    { logger: false },
    { settings: TestApp.settings(environment), logger: silentLogger },
  );
  apps.push(app);
  await app.listen({ host: '127.0.0.1', port: 0 });
  return Number(new URL(await app.getUrl()).port);
}

async function open(port: number): Promise<{ socket: Socket; received: () => string; closed: Promise<unknown> }> {
  const socket = connect({ host: '127.0.0.1', port });
  sockets.push(socket);
  let received = '';
  socket.setEncoding('utf8').on('data', (text: string) => (received += text));
  socket.on('error', () => undefined); // a reset closes it too
  const closed = once(socket, 'close');
  await once(socket, 'connect');
  return { socket, received: () => received, closed };
}

/** Sends a piece again and again until the socket is closed. */
async function drip(socket: Socket, piece: string, closed: Promise<unknown>): Promise<void> {
  const drops = setInterval(() => socket.writable && socket.write(piece), 50);
  await closed;
  clearInterval(drops);
}

const HEAD = (more: string) => `PUT /v1/body HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${TestApp.KEY}\r\n${more}`;

describe('sockets', () => {
  it.each([
    ['sends nothing', '', ''],
    ['sends its headers letter by letter', 'GET /v1/waits HTTP/1.1\r\nx-slow: ', 'x'],
    ['sends its body letter by letter', HEAD('content-type: application/json\r\ncontent-length: 100000\r\n\r\n"'), 'x'],
    ['sends its body chunk by chunk', HEAD('content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n1\r\n"\r\n'), '1\r\nx\r\n'],
  ])(
    'are closed with a problem when the client %s',
    async (_what, first, piece) => {
      const { socket, received, closed } = await open(await listen(SHORT));
      if (first !== '') socket.write(first);
      if (piece === '') await closed;
      else await drip(socket, piece, closed);
      expect(received()).toMatch(/^HTTP\/1\.1 408 /);
      expect(received()).toContain('"code":"request-timeout"');
    },
    PATIENCE_MS,
  );

  it(
    'stay open while an answer takes longer than a request may take',
    async () => {
      const port = await listen(SHORT);
      const answering = new Promise<void>((resolve) => (onBegun = resolve));
      const { socket, received, closed } = await open(port);
      socket.write('GET /v1/waits HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
      await answering;
      const silent = await open(port); // when this one is closed, Node has checked the timeouts
      await silent.closed;
      release();
      await closed;
      expect(received()).toMatch(/^HTTP\/1\.1 200 /);
    },
    PATIENCE_MS,
  );

  it('are closed beyond the cap of their address, and accepted again when others are closed', async () => {
    const port = await listen({ VOLTBUS_API_SOCKETS_PER_ADDRESS: '2' });
    const [one] = [await open(port), await open(port)];
    const third = await open(port);
    await third.closed;
    one.socket.destroy();
    await one.closed;
    for (;;) {
      const { socket, received, closed } = await open(port);
      socket.write('GET /v1/nowhere HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
      await closed;
      if (received() !== '') break; // the server may notice the closed one after this one
    }
  });

  it('of a trusted proxy are not capped, because it stands for many clients', async () => {
    const port = await listen({ VOLTBUS_API_SOCKETS_PER_ADDRESS: '1', VOLTBUS_API_TRUSTED_PROXIES: '127.0.0.0/8' });
    const opened = [await open(port), await open(port)];
    for (const { socket } of opened) socket.write('GET /v1/nowhere HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    await Promise.all(opened.map(({ closed }) => closed));
    expect(opened.map(({ received }) => received().slice(9, 12))).toEqual(['404', '404']);
  });
});

describe('a request is admitted by its headers', () => {
  const LARGE = 'content-type: application/json\r\ncontent-length: 1000000\r\n';
  const noKey = `PUT /v1/body HTTP/1.1\r\nhost: x\r\n${LARGE}`;

  it.each([
    ['without a key', `${noKey}\r\n`, 401],
    ['with an invalid key', `${noKey}authorization: Bearer nonsense\r\n\r\n`, 401],
    ['to an unknown path', `PUT /v1/nowhere HTTP/1.1\r\nhost: x\r\n${LARGE}\r\n`, 404],
    ['with a method that the path does not take', `DELETE /v1/body HTTP/1.1\r\nhost: x\r\n${LARGE}\r\n`, 405],
    ['declared as gzip', HEAD(`content-encoding: gzip\r\n${LARGE}\r\n`), 415],
  ])(
    'so that one %s is answered before its body, and its socket is closed when none comes',
    async (_what, head, status) => {
      const { socket, received, closed } = await open(await listen({}));
      socket.write(head);
      await closed;
      expect(received()).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    },
    PATIENCE_MS,
  );

  it('so that a client that sends its whole body all the same reads the answer, and its socket goes on', async () => {
    const { socket, received, closed } = await open(await listen({}));
    socket.write(`${noKey}\r\n${'x'.repeat(1_000_000)}`);
    socket.write('GET /v1/nowhere HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    await closed;
    expect(received().match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 401', 'HTTP/1.1 404']);
  });

  it('so that a client is sent 100 Continue only with a valid key', async () => {
    const port = await listen({});
    const expects = 'content-type: application/json\r\ncontent-length: 2\r\nexpect: 100-continue\r\n';
    const refused = await open(port);
    refused.socket.write(`PUT /v1/body HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${expects}\r\n`);
    await refused.closed;
    expect(refused.received().match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 401']);
    const taken = await open(port);
    taken.socket.write(HEAD(`connection: close\r\n${expects}\r\n`));
    await once(taken.socket, 'data');
    taken.socket.write('{}');
    await taken.closed;
    expect(taken.received().match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 100', 'HTTP/1.1 200']);
  });
});
