import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { LOOPBACK } from './free-ports';

/** Connections to an address of this machine are led to the same port of loopback, for as long as this process runs. */
export async function forwardToLoopback(host: string, port: number): Promise<void> {
  const server = createServer((incoming) => {
    const outgoing = connect(port, LOOPBACK);
    incoming.pipe(outgoing).pipe(incoming);
    for (const [one, other] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  }).listen(port, host);
  await once(server, 'listening');
  server.unref();
}
