import WebSocket from 'ws';
import { UpgradeRefused, type SocketListener, type StationSocket, type Target } from './socket';

const HANDSHAKE_TIMEOUT_MS = 10_000;

/** `Dial` over the `ws` package. */
export function dialWebSocket(target: Target, listener: SocketListener): Promise<StationSocket> {
  return new Promise((resolve, reject) => {
    const socket = open(target);
    socket.once('unexpected-response', (request, response) => {
      const retryAfter = Number(response.headers['retry-after']);
      reject(new UpgradeRefused(response.statusCode ?? 0, Number.isFinite(retryAfter) ? retryAfter : null));
      request.destroy();
    });
    socket.once('error', reject);
    socket.once('open', () => {
      socket.on('error', () => undefined); // `close` follows
      socket.on('message', (data, binary) => !binary && listener.onMessage(data.toString()));
      socket.once('close', (code) => listener.onClosed(code));
      resolve(stationSocket(socket, target.fragments ?? false));
    });
  });
}

function open({ url, identity, protocol, offers16 = false, password, tls, slash = false }: Target): WebSocket {
  return new WebSocket(
    `${url.replace(/\/+$/, '')}/${encodeURIComponent(identity)}${slash ? '/' : ''}`,
    offers16 ? [...new Set([protocol, 'ocpp1.6'])] : [protocol],
    {
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      perMessageDeflate: false,
      ...tls,
      ...(password === undefined ? {} : { auth: `${identity}:${password}` }),
    },
  );
}

function stationSocket(socket: WebSocket, fragments: boolean): StationSocket {
  return {
    send: (text) => {
      if (socket.readyState !== WebSocket.OPEN) return false;
      if (fragments) sendFragments(text, (piece, fin) => socket.send(piece, { binary: false, fin }));
      else socket.send(text);
      return true;
    },
    close: () => socket.close(1000),
    cut: () => socket.terminate(),
  };
}

/** Sends two fragments; the boundary may fall within a character. */
function sendFragments(text: string, send: (piece: Buffer, fin: boolean) => void): void {
  const bytes = Buffer.from(text);
  const half = Math.ceil(bytes.length / 2);
  send(bytes.subarray(0, half), false);
  send(bytes.subarray(half), true);
}
