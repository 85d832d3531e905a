import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/** Where servers listen unless others than this machine must reach them. */
export const LOOPBACK = '127.0.0.1';
/** Below the range from which systems give outgoing connections theirs: a server that is restarted must find its port free. */
const LOWEST = 20_000;
const HIGHEST = 29_999;
const TRIES = 200;

/** Ports that are free now. Another process may take one before it is used; opening it fails then. */
export async function freePorts(count: number): Promise<number[]> {
  const held: { port: number; server: Server }[] = [];
  try {
    for (let tries = 0; held.length < count; tries += 1) {
      const port = randomInt(LOWEST, HIGHEST + 1);
      const server = await listening(port);
      if (server !== null) held.push({ port, server });
      else if (tries >= TRIES) throw new Error(`no free port from ${LOWEST} to ${HIGHEST}`);
    }
    return held.map(({ port }) => port);
  } finally {
    await Promise.all(held.map(({ server }) => new Promise((closed) => server.close(closed))));
  }
}

async function listening(port: number): Promise<Server | null> {
  const server = createServer().listen(port, LOOPBACK);
  try {
    await once(server, 'listening');
    return server;
  } catch {
    return null;
  }
}
