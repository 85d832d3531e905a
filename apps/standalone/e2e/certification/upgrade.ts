import type { ConnectionOptions } from 'node:tls';
import WebSocket from 'ws';

/** An upgrade by hand: the subprotocol that was agreed on, or the HTTP status that refused it. */
export function upgrade(
  url: string,
  protocols: string[],
  user: string | null,
  password: string | null,
  tls: ConnectionOptions = {},
): Promise<string | number> {
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const options = { ...tls, headers: user === null ? {} : { authorization } };
  const socket = new WebSocket(url, protocols, options as WebSocket.ClientOptions); // its type lacks the server name
  return new Promise((resolve) => {
    socket.once('open', () => {
      resolve(socket.protocol);
      socket.terminate();
    });
    socket.once('unexpected-response', (_request, response) => {
      resolve(response.statusCode ?? 0);
      socket.terminate();
    });
    socket.on('error', () => undefined); // follows the refusal
  });
}
