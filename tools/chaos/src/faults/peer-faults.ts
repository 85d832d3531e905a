import { connect, type Socket } from 'node:net';
import { dialWebSocket, type StationSocket, type Target } from '@voltbus/virtual-station';
import type { Fault, Scene } from './fault';
import { ownStation } from './own-station';

const LASTING_MS = 20_000;
const TAKE_OVERS_A_SECOND = 100;
const SLOW_PEERS = 100;
const DRIP_MS = 1_000;
const FLOOD_FRAMES = 2_000;

export const PEER_FAULTS: readonly Fault[] = [
  {
    name: 'take-overs',
    about: `one identity connects ${TAKE_OVERS_A_SECOND} times a second for ${LASTING_MS / 1_000} s, with the right password, at both gateways`,
    inject: takeOvers,
  },
  {
    name: 'slow-peers',
    about: `${SLOW_PEERS} callers that send a byte a second, and as many that say nothing, for ${LASTING_MS / 1_000} s`,
    inject: slowPeers,
  },
  {
    name: 'hostile-peers',
    about: 'malformed handshakes and frames, impossible lengths, unmasked and binary frames, a flood of messages of a known station',
    inject: hostilePeers,
  },
];

async function takeOvers(scene: Scene): Promise<void> {
  const target = firstOf(scene);
  const station = await ownStation(target, 'CHAOS-TWIN');
  const urls = scene.stack.facts().gateways.map(({ ocppUrl }) => `${ocppUrl}/${target.tenant ?? 'default'}`);
  const open = new Set<StationSocket>();
  let admitted = 0;
  const dialled: Promise<void>[] = [];
  for (let nth = 0; nth < (LASTING_MS / 1_000) * TAKE_OVERS_A_SECOND; nth++) {
    dialled.push(
      dialWebSocket(
        { ...station, url: urls[nth % urls.length] ?? station.url },
        { onMessage: () => undefined, onClosed: () => undefined },
      ).then(
        (socket) => {
          admitted++;
          open.add(socket);
        },
        () => undefined, // refused: the limit of connections of one address
      ),
    );
    await scene.pause(1_000 / TAKE_OVERS_A_SECOND);
  }
  await Promise.all(dialled);
  for (const socket of open) socket.close();
  scene.log(`${admitted} of ${dialled.length} connections were admitted`);
}

async function slowPeers({ stack, log, pause }: Scene): Promise<void> {
  const sockets = Array.from({ length: 2 * SLOW_PEERS }, () => raw(stack.facts().gateways[0]?.ocppUrl ?? ''));
  const request = 'GET /ocpp/nobody HTTP/1.1\r\nHost: voltbus\r\nUpgrade: websocket\r\nX-Slow: ';
  for (let sent = 0; sent < LASTING_MS / DRIP_MS; sent++) {
    for (const socket of sockets.slice(0, SLOW_PEERS)) socket.write(request[sent] ?? 'x');
    await pause(DRIP_MS);
  }
  log(`${sockets.filter(({ closed }) => closed).length} of ${sockets.length} were closed meanwhile`);
  for (const socket of sockets) socket.destroy();
}

const HOSTILE_REQUESTS = [
  'GET / HTTP/9.9\r\n\r\n',
  `GET /ocpp/${'%00'.repeat(100)} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n`,
  `GET /ocpp/../../etc/passwd HTTP/1.1\r\nHost: x\r\n${'X-Many: y\r\n'.repeat(1_000)}\r\n`,
  `\u0016\u0003\u0001 a TLS hello on a plain port`,
  `GET /ocpp/x HTTP/1.1\r\nAuthorization: Basic ${'A'.repeat(20_000)}\r\n\r\n`,
];
/** WebSocket frames after a good upgrade: a length of 2^62, no mask, reserved bits, a long ping, a continuation of nothing, no UTF-8. */
const HOSTILE_FRAMES = ['81ff4000000000000000', '810548656c6c6f', 'f18000000000', '89fe0200', '808000000000', '8182000000000c3280'];
const HOSTILE_TEXTS = ['', '[', '{}', '[2]', '[2,"1","Nothing",{}]', '['.repeat(32_000), '[3,"nobody",{}]', '[2,"\u0000","Heartbeat",{}]'];

async function hostilePeers(scene: Scene): Promise<void> {
  const station = await ownStation(firstOf(scene), 'CHAOS-HOSTILE');
  const gateway = scene.stack.facts().gateways[0]?.ocppUrl ?? '';
  for (let round = 0; round < LASTING_MS / 1_000; round++) {
    for (const request of HOSTILE_REQUESTS) raw(gateway).end(request, 'latin1');
    for (const frame of HOSTILE_FRAMES) sendRawFrame(station, frame);
    const socket = await dialWebSocket(station, { onMessage: () => undefined, onClosed: () => undefined }).catch(() => null);
    for (const text of HOSTILE_TEXTS) socket?.send(text);
    for (let nth = 0; nth < FLOOD_FRAMES; nth++) socket?.send(`[2,"f${nth}","Heartbeat",{}]`);
    await scene.pause(1_000);
    socket?.cut();
  }
}

/** Upgrades as a station and then sends bytes that are no frame. */
function sendRawFrame({ url, identity, password }: Target, hex: string): void {
  const path = `${new URL(url).pathname}/${identity}`;
  const login = Buffer.from(`${identity}:${password}`).toString('base64');
  const socket = raw(url);
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: voltbus\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n` +
      `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: ocpp1.6\r\nAuthorization: Basic ${login}\r\n\r\n`,
  );
  socket.once('data', () => socket.write(Buffer.from(hex, 'hex')));
  socket.setTimeout(LASTING_MS, () => socket.destroy());
}

function raw(url: string): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined); // it is closed on purpose
  socket.resume();
  return socket;
}

function firstOf({ targets }: Scene): Scene['targets'][number] {
  const [first] = targets;
  if (first === undefined) throw new Error('there is no fleet');
  return first;
}
