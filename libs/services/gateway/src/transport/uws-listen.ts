import { createServer } from 'node:net';
import type * as uws from 'uwebsockets';
import { PortInUse } from './station-transport';

interface At {
  host: string;
  port: number;
}

interface HostListener {
  listen(host: string, port: number, options: number, done: (token: uws.us_listen_socket | false) => void): void;
}
/** By default a second process could listen on the same port and take half of the connections. The binary exports no name for this option. */
const EXCLUSIVE_PORT = 1;

/** Returns null when it cannot listen; uWebSockets.js gives no reason. */
export async function listenOn(app: uws.TemplatedApp, { host, port }: At): Promise<uws.us_listen_socket | null> {
  const listening = await new Promise<uws.us_listen_socket | false>((resolve) => {
    (app as unknown as HostListener).listen(host, port, EXCLUSIVE_PORT, resolve); // the type package lacks this form, the binary has it
  });
  return listening === false ? null : listening;
}

/** Finds out with Node's own server why uWebSockets.js cannot listen. */
export async function listenError(at: At): Promise<Error> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'EADDRINUSE' ? new PortInUse(at.host, at.port) : error));
    probe.listen(at.port, at.host, () => probe.close(() => resolve(new Error(`uWebSockets.js cannot listen on ${at.host}:${at.port}`))));
  });
}
