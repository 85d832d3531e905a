import WebSocket from 'ws';
import { Refused, type Target, type Wire, type WireListener } from './wire';

const HANDSHAKE_TIMEOUT_MS = 10_000;

/** `Dial` over the `ws` package. */
export function dialWebSocket({ url, identity, protocol, password }: Target, listener: WireListener): Promise<Wire> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${url.replace(/\/+$/, '')}/${encodeURIComponent(identity)}`, [protocol], {
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      perMessageDeflate: false,
      ...(password === undefined ? {} : { auth: `${identity}:${password}` }),
    });
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
          socket.send(text);
          return true;
        },
        close: () => socket.close(1000),
        cut: () => socket.terminate(),
      });
    });
  });
}
