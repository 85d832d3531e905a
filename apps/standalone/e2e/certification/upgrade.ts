import WebSocket from 'ws';

/** An upgrade by hand: the subprotocol that was agreed on, or the HTTP status that refused it. */
export function upgrade(url: string, protocols: string[], user: string, password: string): Promise<string | number> {
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const socket = new WebSocket(url, protocols, { headers: { authorization } });
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
