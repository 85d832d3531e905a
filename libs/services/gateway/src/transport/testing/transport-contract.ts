import { once } from 'node:events';
import { createServer } from 'node:net';
import { freePorts } from '@voltbus/testing';
import { CLOSE, frame, PING, PONG, RawPeer, TEXT, upgradeRequest } from './raw-peer';
import { RecordingGateway } from './recording-gateway';
import type { StationTransport, TransportHandler, UpgradeDecision } from '../station-transport';
import type { TransportLimits } from '../transport-limits';

type Make = (handler: TransportHandler<string>, limits?: Partial<TransportLimits>) => StationTransport;

const FIN = 0x80;
const CONTINUATION = 0x00;
const FIRST_OF_TEXT = 0x01;
const BINARY = 0x82;

/** What every transport promises, by raw bytes from the other side. Capabilities are proved both ways. */
export function transportContract(make: Make): void {
  let gateway: RecordingGateway;
  let transport: StationTransport;
  let port: number;
  const peers: RawPeer[] = [];

  async function start(limits?: Partial<TransportLimits>): Promise<void> {
    gateway = new RecordingGateway();
    transport = make(gateway, limits);
    port = (await transport.listen({ host: '127.0.0.1', port: 0 })).port;
  }
  async function restart(limits: Partial<TransportLimits>): Promise<void> {
    await transport.close();
    await start(limits);
  }
  async function connected(): Promise<RawPeer> {
    const peer = await RawPeer.connect(port);
    peers.push(peer);
    return peer;
  }
  async function upgraded(target?: string, headers?: Record<string, string>): Promise<RawPeer> {
    const peer = await RawPeer.upgraded(port, target, headers);
    peers.push(peer);
    return peer;
  }
  /** The answer to a request from a peer of its own. */
  async function ask(request: string) {
    return (await connected()).write(request).answer();
  }

  beforeEach(() => start());
  afterEach(async () => {
    for (const peer of peers.splice(0)) peer.destroy();
    await transport.close();
  });

  describe('upgrade', () => {
    it('takes a station that the gateway accepts, under the subprotocol that it chose', async () => {
      gateway.decide = () => ({ accept: true, subprotocol: 'ocpp2.0.1', context: 'CP1 of acme' });
      const { status, headers } = await ask(
        upgradeRequest('/ocpp/acme/CP1?a=b', {
          'Sec-WebSocket-Protocol': 'ocpp1.6, ocpp2.0.1',
          Authorization: 'Basic YTpi',
          'User-Agent': 'fw 1',
        }),
      );
      expect(status).toBe(101);
      expect(headers['sec-websocket-protocol']).toBe('ocpp2.0.1');
      expect(headers).not.toHaveProperty('sec-websocket-extensions');
      expect(gateway.requests).toEqual([
        {
          path: '/ocpp/acme/CP1',
          query: 'a=b',
          offered: ['ocpp1.6', 'ocpp2.0.1'],
          authorization: 'Basic YTpi',
          userAgent: 'fw 1',
          remoteAddress: '127.0.0.1',
        },
      ]);
      const { socket, context } = await gateway.opened();
      expect(context).toBe('CP1 of acme');
      expect(socket).toMatchObject({ open: true, remoteAddress: '127.0.0.1', bufferedBytes: 0 });
    });

    it('can take a station without naming a subprotocol', async () => {
      gateway.decide = () => ({ accept: true, subprotocol: null, context: '' });
      expect((await ask(upgradeRequest('/ocpp/CP1', { 'Sec-WebSocket-Protocol': 'ocpp0.9' }))).headers).not.toHaveProperty(
        'sec-websocket-protocol',
      );
    });

    it.each([
      ['none', undefined, []],
      ['an empty value', '', []],
      ['a trailing comma', 'ocpp1.6,', ['ocpp1.6']],
      ['a token twice', 'ocpp1.6, ocpp1.6, ocpp2.0.1', ['ocpp1.6', 'ocpp2.0.1']],
      ['quotes', '"ocpp2.0.1", ocpp1.6', ['ocpp2.0.1', 'ocpp1.6']],
      ['something that is no token', 'ocpp 1.6, {}, ocpp1.6', ['ocpp1.6']],
      ['capitals', 'OCPP1.6', ['OCPP1.6']],
    ])('tolerates a subprotocol header with %s', async (_, value, offered) => {
      const { status, headers } = await ask(upgradeRequest('/ocpp/CP1', { 'Sec-WebSocket-Protocol': value }));
      expect(status).toBe(101);
      expect(gateway.requests[0]?.offered).toEqual(offered);
      expect(headers['sec-websocket-protocol']).toBe(offered[0]);
    });

    it('joins subprotocols from two header lines', async () => {
      await ask(upgradeRequest('/ocpp/CP1', { 'Sec-WebSocket-Protocol': 'ocpp2.1' }, ['sec-websocket-protocol: ocpp1.6']));
      expect(gateway.requests[0]?.offered).toEqual(['ocpp2.1', 'ocpp1.6']);
    });

    it('ignores extensions, well-formed or not: there is no compression', async () => {
      for (const offer of ['permessage-deflate; client_max_window_bits', 'permessage-deflate; nonsense=1', '=;=']) {
        const { status, headers } = await ask(upgradeRequest('/ocpp/CP1', { 'Sec-WebSocket-Extensions': offer }));
        expect([status, headers['sec-websocket-extensions']]).toEqual([101, undefined]);
      }
    });

    it('passes identities on as they were written', async () => {
      for (const path of ['/ocpp/acme/a%2Fb%20c', '/ocpp//CP1/', '/ocpp/%00', '/ocpp/../x', '/ocpp/%zz', `/ocpp/${'x'.repeat(256)}`]) {
        await ask(upgradeRequest(path));
        expect(gateway.requests.at(-1)).toMatchObject({ path, query: '' });
      }
    });

    it('reduces an absolute-form target to its path', async () => {
      const { status } = await ask(upgradeRequest('ws://csms.example:9000/ocpp/acme/CP1?x=1'));
      expect(status).toBe(transport.capabilities.absoluteTargets ? 101 : 505);
      if (transport.capabilities.absoluteTargets) expect(gateway.requests[0]).toMatchObject({ path: '/ocpp/acme/CP1', query: 'x=1' });
    });

    it.each([400, 401, 403, 404, 429, 431, 503] as const)(
      'refuses with %i, headers and body as the gateway says, and ends',
      async (status) => {
        gateway.decide = () => ({ accept: false, status, headers: { 'Retry-After': '7', 'X-Two': 'a\r\nInjected: b' }, body: 'not now' });
        const peer = await connected();
        const answer = await peer.write(upgradeRequest('/ocpp/CP1')).answer();
        expect(answer).toMatchObject({ status, body: 'not now', headers: { 'retry-after': '7' } });
        expect(answer.headers).not.toHaveProperty('injected');
        await peer.end();
        expect(gateway.sockets).toEqual([]);
      },
    );

    it('waits for a decision; what the station sent too early is delivered where it is kept, and harms nothing elsewhere', async () => {
      const decision = aPromise<UpgradeDecision<string>>();
      gateway.decide = () => decision.promise;
      const peer = (await connected()).write(upgradeRequest('/ocpp/CP1')).write(frame(TEXT, 'early'));
      await gateway.when(() => gateway.requests[0]);
      decision.resolve({ accept: true, subprotocol: null, context: '' });
      expect((await peer.answer()).status).toBe(101);
      peer.write(frame(TEXT, 'in time'));
      const { messages } = await gateway.opened();
      await gateway.when(() => messages.some(({ text }) => text === 'in time'));
      expect(messages.map(({ text }) => text)).toEqual(transport.capabilities.keepsEarlyFrames ? ['early', 'in time'] : ['in time']);
    });

    it('does not open a station that left while its upgrade was being decided', async () => {
      const decision = aPromise<UpgradeDecision<string>>();
      gateway.decide = ({ path }) => (path === '/gone' ? decision.promise : { accept: true, subprotocol: null, context: '' });
      const peer = (await connected()).write(upgradeRequest('/gone'));
      await gateway.when(() => gateway.requests[0]);
      peer.destroy();
      await upgraded('/other'); // a round trip, so that the transport has seen the end of the first
      decision.resolve({ accept: true, subprotocol: null, context: 'gone' });
      await gateway.when(() => gateway.refusals.includes('left'));
      expect(gateway.sockets.map(({ context }) => context)).not.toContain('gone');
    });

    it('answers 500 when the gateway throws, now or later, and goes on', async () => {
      const [now, later] = [new Error('now'), new Error('later')];
      gateway.decide = ({ path }) => {
        if (path === '/now') throw now;
        return path === '/later' ? Promise.reject(later) : { accept: true, subprotocol: null, context: '' };
      };
      expect((await ask(upgradeRequest('/now'))).status).toBe(500);
      expect((await ask(upgradeRequest('/later'))).status).toBe(500);
      expect(gateway.defects).toEqual([now, later]);
      expect(gateway.refusals).toEqual(['decision-failed', 'decision-failed']);
      expect((await ask(upgradeRequest('/fine'))).status).toBe(101);
    });

    it('takes a subprotocol that was not offered for a defect', async () => {
      gateway.decide = () => ({ accept: true, subprotocol: 'ocpp2.1', context: '' });
      expect((await ask(upgradeRequest('/ocpp/CP1', { 'Sec-WebSocket-Protocol': 'ocpp1.6' }))).status).toBe(500);
      expect(gateway.defects).toHaveLength(1);
    });

    it('answers 503 when no decision comes in time', async () => {
      await restart({ upgradeTimeoutMs: 50 });
      gateway.decide = () => new Promise(() => undefined);
      expect(await ask(upgradeRequest('/ocpp/CP1'))).toMatchObject({
        status: 503,
        headers: { 'retry-after': expect.stringMatching(/^\d+$/) as string },
      });
      expect(gateway.refusals).toEqual(['decision-timeout']);
    });

    it('decides only so many at a time, tells the others to come back, and recovers', async () => {
      await restart({ maxHandshakes: 2 });
      const decision = aPromise<UpgradeDecision<string>>();
      gateway.decide = () => decision.promise;
      const waiting = [(await connected()).write(upgradeRequest('/1')), (await connected()).write(upgradeRequest('/2'))];
      await gateway.when(() => gateway.requests.length === 2);
      expect(await ask(upgradeRequest('/3'))).toMatchObject({ status: 503, headers: { 'retry-after': expect.any(String) as string } });
      expect(gateway.requests).toHaveLength(2);
      expect(gateway.refusals).toEqual(['too-many-handshakes']);
      decision.resolve({ accept: true, subprotocol: null, context: '' });
      for (const peer of waiting) expect((await peer.answer()).status).toBe(101);
      expect((await ask(upgradeRequest('/4'))).status).toBe(101);
    });
  });

  describe('what is not an upgrade', () => {
    it.each([
      ['a plain GET', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', 426, 'not-a-websocket'],
      ['a POST', 'POST /ocpp/CP1 HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi', 404, 'not-a-websocket'],
      ['no Connection: Upgrade', upgradeRequest('/ocpp/CP1', { Connection: undefined }), 426, 'not-a-websocket'],
      ['no Upgrade header', upgradeRequest('/ocpp/CP1', { Upgrade: undefined }), 426, 'not-a-websocket'],
      ['another upgrade', upgradeRequest('/ocpp/CP1', { Upgrade: 'h2c' }), 426, 'not-a-websocket'],
      ['no key', upgradeRequest('/ocpp/CP1', { 'Sec-WebSocket-Key': undefined }), 400, 'bad-request'],
      ['a bad key', upgradeRequest('/ocpp/CP1', { 'Sec-WebSocket-Key': 'short' }), 400, 'bad-request'],
      ['an old version', upgradeRequest('/ocpp/CP1', { 'Sec-WebSocket-Version': '8' }), 426, 'bad-request'],
      ['20 KB of headers', upgradeRequest('/ocpp/CP1', { 'X-Long': 'x'.repeat(20_000) }), 431, 'headers-too-large'],
      [
        '9 KB in many headers',
        upgradeRequest(
          '/ocpp/CP1',
          {},
          Array.from({ length: 90 }, (_, i) => `X-${i}: ${'x'.repeat(100)}`),
        ),
        431,
        'headers-too-large',
      ],
    ])('answers %s and ends', async (_, request, status, reason) => {
      const peer = await connected();
      expect((await peer.write(request).answer()).status).toBe(status);
      await peer.end();
      expect(gateway.refusals).toEqual([reason]);
      expect(gateway.requests).toEqual([]);
    });

    it('names the version it speaks', async () => {
      expect((await ask(upgradeRequest('/', { 'Sec-WebSocket-Version': '8' }))).headers['sec-websocket-version']).toBe('13');
    });

    it.each([
      ['TLS on the plain port', Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03, 0x0d, 0x0a, 0x0d, 0x0a])],
      ['a path with a raw space', upgradeRequest('/ocpp/CP 1')],
      ['a target without a slash', upgradeRequest('CP1')],
    ])('ends %s', async (_, bytes) => {
      const peer = (await connected()).write(bytes);
      await peer.end();
      expect(gateway.requests).toEqual([]);
      expect((await ask(upgradeRequest('/fine'))).status).toBe(101);
    });
  });

  describe('messages', () => {
    it('delivers text and binary, whole, as copies that stay what they were', async () => {
      const peer = await upgraded();
      const { messages } = await gateway.opened();
      peer.write(frame(TEXT, '[2,"1","Heartbeat",{}]')).write(frame(BINARY, 'bytes')).write(frame(TEXT, '')).write(frame(TEXT, 'é站🔌'));
      await gateway.when(() => messages.length === 4);
      expect(messages.map(({ isBinary }) => isBinary)).toEqual([false, true, false, false]);
      expect(messages.map(({ bytes }) => bytes.toString())).toEqual(['[2,"1","Heartbeat",{}]', 'bytes', '', 'é站🔌']);
    });

    it('puts fragments together, also ones that cut a character, with a ping between them', async () => {
      const peer = await upgraded();
      const recorded = await gateway.opened();
      const [head, tail] = [Buffer.from('é').subarray(0, 1), Buffer.from('é').subarray(1)];
      peer
        .write(frame(FIRST_OF_TEXT, head))
        .write(frame(PING, 'p'))
        .write(frame(CONTINUATION, tail))
        .write(frame(FIN | CONTINUATION, '!'));
      await gateway.when(() => recorded.messages.length === 1);
      expect(recorded.messages[0]?.text).toBe('é!');
      expect(recorded.pings).toBe(1);
      expect(await peer.frame()).toMatchObject({ opcode: 10, payload: Buffer.from('p') });
    });

    it('takes a message of exactly the largest size', async () => {
      const peer = await upgraded();
      const { messages } = await gateway.opened();
      peer.write(frame(TEXT, Buffer.alloc(1024 * 1024, 'x')));
      expect((await gateway.when(() => messages[0])).bytes).toHaveLength(1024 * 1024);
    });

    it('keeps the order of a burst', async () => {
      const peer = await upgraded();
      const { messages } = await gateway.opened();
      peer.write(Buffer.concat(Array.from({ length: 500 }, (_, i) => frame(TEXT, String(i)))));
      await gateway.when(() => messages.length === 500);
      expect(messages.map(({ text }) => Number(text))).toEqual(Array.from({ length: 500 }, (_, i) => i));
    });

    it('sends text, unmasked and whole', async () => {
      const peer = await upgraded();
      const { socket } = await gateway.opened();
      const long = 'ü'.repeat(40_000);
      expect(socket.send('[3,"1",{}]')).toBe('sent');
      socket.send(long);
      expect(await peer.frame()).toEqual({ opcode: 1, payload: Buffer.from('[3,"1",{}]') });
      expect((await peer.frame()).payload.toString()).toBe(long);
    });

    it('pings, and says when the station ponged', async () => {
      const peer = await upgraded();
      const recorded = await gateway.opened();
      recorded.socket.ping();
      expect((await peer.frame()).opcode).toBe(9);
      peer.write(frame(PONG));
      await gateway.when(() => recorded.pongs === 1);
    });

    it('shows every ping of a flood to the gateway', async () => {
      const peer = await upgraded();
      const recorded = await gateway.opened();
      peer.write(Buffer.concat(Array.from({ length: 2_000 }, () => frame(PING))));
      await gateway.when(() => recorded.pings === 2_000);
    });
  });

  describe('violations', () => {
    it.each([
      ['a message above the limit', frame(TEXT, 'x', { claimedLength: 1024n * 1024n + 1n }), 1009, 1009],
      ['a length of 2^62', frame(TEXT, 'x', { claimedLength: 1n << 62n }), 1009, 1009],
      [
        'fragments that together are above the limit',
        Buffer.concat([frame(FIRST_OF_TEXT, Buffer.alloc(700_000, 'x')), frame(FIN, Buffer.alloc(700_000, 'x'))]),
        1009,
        1009,
      ],
      ['invalid UTF-8', frame(TEXT, Buffer.from([0xff, 0xfe])), 1007, 1007],
      ['a lone surrogate', frame(TEXT, Buffer.from([0xed, 0xa0, 0x80])), 1007, 1007],
      ['a reserved bit, as of compressed frames that nobody negotiated (quirk 26)', frame(TEXT | 0x40, 'x'), 1002, 1006],
      ['an unknown opcode', frame(0x83, 'x'), 1002, 1006],
      ['a continuation of nothing', frame(FIN, 'x'), 1002, 1006],
      ['a message inside a message', Buffer.concat([frame(FIRST_OF_TEXT, 'x'), frame(TEXT, 'y')]), 1002, 1006],
      ['a ping that is too long', frame(PING, Buffer.alloc(126)), 1002, 1006],
      ['a fragmented ping', frame(0x09, 'x'), 1002, 1006],
    ])('ends %s at once', async (_, bytes, withCloseFrame, without) => {
      const peer = await upgraded();
      const { messages } = await gateway.opened();
      peer.write(bytes);
      const framed = transport.capabilities.closeFrameOnViolation;
      if (framed) {
        const { opcode, payload } = await peer.frame();
        expect([opcode, payload.readUInt16BE(0)]).toEqual([8, withCloseFrame]);
      } else {
        expect(await peer.end()).toHaveLength(0);
      }
      expect((await gateway.closed())[0]).toBe(framed ? withCloseFrame : without);
      expect(messages).toEqual([]);
    });

    it('never delivers an unmasked frame, and ends the connection where it can', async () => {
      const peer = await upgraded();
      const recorded = await gateway.opened();
      peer.write(frame(TEXT, 'unmasked', { masked: false }));
      if (transport.capabilities.refusesUnmasked) expect((await gateway.closed())[0]).toBe(1002);
      else await upgraded(); // a round trip: it had the time
      expect(recorded.messages).toEqual([]);
    });

    it('bounds the number of fragments where it can', async () => {
      await restart({ maxFragments: 100 });
      const peer = await upgraded();
      const recorded = await gateway.opened();
      peer.write(Buffer.concat([frame(FIRST_OF_TEXT), ...Array.from({ length: 100 }, () => frame(CONTINUATION)), frame(FIN, 'x')]));
      if (transport.capabilities.boundsFragments) expect((await gateway.closed())[0]).toBe(1008);
      else expect((await gateway.when(() => recorded.messages[0])).text).toBe('x');
    });
  });

  describe('the end', () => {
    it('tells the code and reason of the station’s close frame, and answers it', async () => {
      const peer = await upgraded();
      peer.write(frame(CLOSE, Buffer.concat([Buffer.from([0x03, 0xe9]), Buffer.from('reboot')])));
      expect(await gateway.closed()).toEqual([1001, 'reboot']);
      expect((await peer.frame()).opcode).toBe(8);
      await peer.end();
    });

    it('tells 1005 for a close frame without a code, 1006 for a TCP end or reset', async () => {
      (await upgraded()).write(frame(CLOSE));
      expect((await gateway.closed(0))[0]).toBe(1005);
      (await upgraded()).socket.end();
      expect((await gateway.closed(1))[0]).toBe(1006);
      (await upgraded()).socket.resetAndDestroy();
      expect((await gateway.closed(2))[0]).toBe(1006);
    });

    it('sends a close frame, tells the gateway at once but not inside its own call, and hears nothing after it', async () => {
      const peer = await upgraded();
      const recorded = await gateway.opened();
      recorded.socket.close(1012, 'service restart');
      expect(recorded.closes).toEqual([]);
      expect(recorded.socket.open).toBe(false);
      expect(await gateway.closed()).toEqual([1012, 'service restart']);
      peer.write(frame(TEXT, 'too late')).write(frame(CLOSE, Buffer.from([0x03, 0xf4])));
      const { opcode, payload } = await peer.frame();
      expect([opcode, payload.readUInt16BE(0), payload.subarray(2).toString()]).toEqual([8, 1012, 'service restart']);
      await peer.end();
      expect(recorded.messages).toEqual([]);
      expect(recorded.closes).toHaveLength(1);
    });

    it('terminates without a close frame', async () => {
      const peer = await upgraded();
      (await gateway.opened()).socket.terminate();
      expect(await peer.end()).toHaveLength(0);
      expect((await gateway.closed())[0]).toBe(1006);
    });

    it('leaves a closed socket alone, whoever closed it', async () => {
      (await upgraded()).destroy();
      await gateway.closed(0);
      await upgraded();
      gateway.sockets[1]?.socket.terminate();
      await gateway.closed(1);
      for (const { socket, closes } of gateway.sockets) {
        expect(socket.send('x')).toBe('dropped');
        socket.ping();
        socket.close(1000);
        socket.terminate();
        expect(socket.bufferedBytes).toBe(0);
        expect(socket.open).toBe(false);
        expect(closes).toHaveLength(1);
      }
    });

    it('lets a socket be closed while it is being opened', async () => {
      gateway.onOpen = ({ socket }) => socket.close(1002, 'no common version');
      const peer = await upgraded();
      expect((await peer.frame()).payload.readUInt16BE(0)).toBe(1002);
      expect(await gateway.closed()).toEqual([1002, 'no common version']);
    });

    it('cuts a reason to what a close frame holds, between characters', async () => {
      const peer = await upgraded();
      (await gateway.opened()).socket.close(1000, `x${'é'.repeat(100)}`);
      expect((await peer.frame()).payload.subarray(2).toString()).toBe(`x${'é'.repeat(61)}`);
    });

    it('refuses to send a code that may not stand in a frame', async () => {
      await upgraded();
      const { socket } = await gateway.opened();
      for (const code of [0, 999, 1004, 1005, 1006, 1015, 2999, 5000]) expect(() => socket.close(code)).toThrow(RangeError);
      expect(socket.open).toBe(true);
    });

    it('closes with 1011 when the gateway throws on a message, and goes on', async () => {
      const defect = new Error('on a message');
      gateway.onMessage = () => {
        throw defect;
      };
      const peer = (await upgraded()).write(frame(TEXT, 'x'));
      expect((await peer.frame()).payload.readUInt16BE(0)).toBe(1011);
      expect(gateway.defects).toEqual([defect]);
      expect((await gateway.closed())[0]).toBe(1011);
      await upgraded();
    });
  });

  describe('a station that does not read', () => {
    it('is buffered up to the limit; beyond it messages are dropped, and the socket can still be ended', async () => {
      await restart({ maxBackpressureBytes: 256 * 1024 });
      const peer = await upgraded();
      const recorded = await gateway.opened();
      peer.socket.pause();
      const message = 'x'.repeat(64 * 1024);
      const said = new Set<string>();
      let sent = recorded.socket.send(message);
      for (let i = 0; i < 1_000 && sent !== 'dropped'; i += 1) {
        said.add(sent);
        sent = recorded.socket.send(message);
      }
      expect(sent).toBe('dropped');
      expect([...said]).toEqual(['sent', 'buffered']);
      expect(recorded.socket.bufferedBytes).toBeGreaterThan(0);
      expect(recorded.socket.bufferedBytes).toBeLessThanOrEqual(256 * 1024 + 64);
      recorded.socket.terminate();
      expect((await gateway.closed())[0]).toBe(1006);
    });

    it('gets a message larger than the limit when nothing else is waiting', async () => {
      await restart({ maxBackpressureBytes: 1024 });
      const peer = await upgraded();
      const large = 'x'.repeat(3_000_000);
      expect((await gateway.opened()).socket.send(large)).not.toBe('dropped');
      expect((await peer.frame()).payload).toHaveLength(large.length);
    });
  });

  describe('time', () => {
    it('ends a half-open station by the idle timeout though it is pinged, and keeps one that talks', async () => {
      await restart({ idleTimeoutSeconds: 8 });
      const [silent, talking] = [await upgraded('/silent'), await upgraded('/talking')];
      const [ours, other] = [await gateway.opened(0), await gateway.opened(1)];
      silent.socket.pause();
      const talk = setInterval(() => {
        ours.socket.ping();
        talking.write(frame(PONG));
      }, 1_000);
      expect((await gateway.closed(0))[0]).toBe(1006);
      clearInterval(talk);
      expect(other.socket.open).toBe(true);
    });

    it('ends a peer that drips its headers, and one that says nothing', async () => {
      const ownTimeouts = transport.capabilities.ownTimeouts;
      if (ownTimeouts) await restart({ headerTimeoutMs: 300 });
      const silent = await connected();
      const dripping = (await connected()).write('GET /ocpp/CP1 HTTP/1.1\r\nHost: x\r\n');
      const drip = setInterval(() => dripping.write('X: y\r\n'), ownTimeouts ? 50 : 1_000);
      await Promise.all([silent.end(), dripping.end()]);
      clearInterval(drip);
      expect(gateway.refusals).toEqual(ownTimeouts ? ['headers-late', 'headers-late'] : []);
    });

    it('cuts a station that does not answer our close frame', async () => {
      const ownTimeouts = transport.capabilities.ownTimeouts;
      if (ownTimeouts) await restart({ closeTimeoutMs: 200 });
      const peer = await upgraded();
      (await gateway.opened()).socket.close(1000);
      await peer.end();
    });
  });

  describe('listening', () => {
    it('says that the port is in use, also when it was given by number: no two share one', async () => {
      const [first, second] = [make(new RecordingGateway()), make(new RecordingGateway())];
      const [free = 0] = await freePorts(1); // a port that was just given up may be somebody's next
      expect(await first.listen({ host: '127.0.0.1', port: free })).toEqual({ port: free });
      const message = `port ${free} on 127.0.0.1 is in use`;
      await expect(second.listen({ host: '127.0.0.1', port: free })).rejects.toMatchObject({ name: 'PortInUse', message, port: free });
      await Promise.all([first.close(), second.close()]);
    });

    it('says that the port is in use by something else', async () => {
      const other = createServer().listen(0, '127.0.0.1');
      await once(other, 'listening');
      const address = other.address();
      const taken = typeof address === 'object' && address ? address.port : 0;
      const second = make(new RecordingGateway());
      await expect(second.listen({ host: '127.0.0.1', port: taken })).rejects.toMatchObject({ name: 'PortInUse' });
      await second.close();
      other.close();
    });

    it('says why it cannot listen on an address that is not ours', async () => {
      const second = make(new RecordingGateway());
      await expect(second.listen({ host: '192.0.2.1', port: 0 })).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' });
      await second.close();
    });

    it('stops taking connections while open sockets live on, until they are closed with a close frame', async () => {
      const peer = await upgraded();
      const recorded = await gateway.opened();
      transport.stopListening();
      transport.stopListening();
      await expect(RawPeer.connect(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
      peer.write(frame(TEXT, 'still here'));
      expect((await gateway.when(() => recorded.messages[0])).text).toBe('still here');
      recorded.socket.close(1012);
      expect((await peer.frame()).payload.readUInt16BE(0)).toBe(1012);
    });

    it('answers 503 to who was still being decided when it stopped', async () => {
      const decision = aPromise<UpgradeDecision<string>>();
      gateway.decide = () => decision.promise;
      const peer = (await connected()).write(upgradeRequest('/ocpp/CP1'));
      await gateway.when(() => gateway.requests[0]);
      transport.stopListening();
      decision.resolve({ accept: true, subprotocol: null, context: '' });
      expect((await peer.answer()).status).toBe(503);
      expect(gateway.refusals).toEqual(['stopping']);
      expect(gateway.sockets).toEqual([]);
    });

    it('cuts what is left when it is closed, whoever it is, and says so to the gateway', async () => {
      const decision = aPromise<UpgradeDecision<string>>();
      const open = await upgraded();
      gateway.decide = () => decision.promise;
      const deciding = (await connected()).write(upgradeRequest('/ocpp/CP2'));
      const silent = await connected();
      await gateway.when(() => gateway.requests[1]);
      await transport.close();
      expect((await gateway.closed())[0]).toBe(1006);
      expect(gateway.sockets[0]?.closes).toHaveLength(1);
      await Promise.all([open.end(), deciding.end(), silent.end()]);
      decision.resolve({ accept: true, subprotocol: null, context: '' });
      await gateway.when(() => gateway.refusals.includes('left'));
      await transport.close();
    });
  });
}

function aPromise<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
