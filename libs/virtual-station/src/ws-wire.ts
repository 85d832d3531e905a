import WebSocket from 'ws';
import { Refused, type Target, type Wire, type WireListener } from './wire';

const HANDSHAKE_TIMEOUT_MS = 10_000;

/** `Dial` over the `ws` package. */
export function dialWebSocket(
  { url, identity, protocol, offers16 = false, password, fragments = false, slash = false }: Target,
  listener: WireListener,
): Promise<Wire> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(
      `${url.replace(/\/+$/, '')}/${encodeURIComponent(identity)}${slash ? '/' : ''}`,
      offers16 ? [...new Set([protocol, 'ocpp1.6'])] : [protocol],
      {
        handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
        perMessageDeflate: false,
        ...(password === undefined ? {} : { auth: `${identity}:${password}` }),
      },
    );
    socket.once('unexpected-response', (request, response) => {
      const retryAfter = Number(response.headers['retry-after']);
      reject(new Refused(response.statusCode ?? 0, Number.isFinite(retryAfter) ? retryAfter : null));
      request.destroy();
    });
    socket.once('error', reject);
    socket.once('open', () => {
      socket.on('error', () => undefined); // what follows is `close`
      socket.on('message', (data, binary) => !binary && listener.message(data.toString()));
      socket.once('close', (code) => listener.closed(code));
      resolve({
        send: (text) => {
          if (socket.readyState !== WebSocket.OPEN) return false;
          if (fragments) inPieces(text, (piece, fin) => socket.send(piece, { binary: false, fin }));
          else socket.send(text);
          return true;
        },
        close: () => socket.close(1000),
        cut: () => socket.terminate(),
      });
    });
  });
}

/** Cuts where it will, also within a character. */
function inPieces(text: string, send: (piece: Buffer, fin: boolean) => void): void {
  const bytes = Buffer.from(text);
  const half = Math.ceil(bytes.length / 2);
  send(bytes.subarray(0, half), false);
  send(bytes.subarray(half), true);
}
