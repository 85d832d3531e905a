import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';

/** Carries out a control request of another terminal: `restart NAME` or `stop`. */
type ControlHandler = (args: readonly string[]) => Promise<void>;

const SECRET_BYTES = 16;

/** Another stack runs on this data folder: two would ruin each other's Kafka. */
export class StackRuns extends Error {
  override name = 'StackRuns';
  constructor() {
    super('a stack runs on this data folder already: `npm run stack -- stop` stops it, VOLTBUS_DATA_DIR names another one');
  }
}

/**
 * Takes control requests on a loopback port. The file has the port and the secret that a request must carry. Rejects with `StackRuns` when
 * another stack takes them. Resolves to a function that closes the port, once the requests in hand have been answered.
 */
export async function serveControl(file: string, handle: ControlHandler): Promise<() => Promise<void>> {
  if (await answers(file)) throw new StackRuns();
  const secret = randomBytes(SECRET_BYTES).toString('hex');
  const server: Server = createServer((incoming, response) => {
    let body = '';
    incoming.on('data', (chunk: Buffer) => (body += chunk.toString()));
    incoming.on('end', () => {
      const reply = (status: number, text: string): void => void response.writeHead(status, { connection: 'close' }).end(text);
      if (incoming.headers.authorization !== secret) return reply(401, 'the secret is wrong');
      const args = JSON.parse(body) as string[]; // only `sendControl` knows the secret
      if (args.length === 0) return reply(200, ''); // of `answers`
      handle(args).then(
        () => reply(200, ''),
        (error: unknown) => reply(500, error instanceof Error ? error.message : String(error)),
      );
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo; // a listening TCP server has one
  writeFileSync(file, JSON.stringify({ port, secret }), { mode: 0o600 });
  return () => {
    rmSync(file, { force: true });
    return new Promise((closed) => server.close(() => closed()));
  };
}

/** True: a stack answers that runs on this data folder. */
function answers(file: string): Promise<boolean> {
  return sendControl(file, []).then(
    () => true,
    () => false,
  );
}

/** Sends a control request to the stack that runs on this data folder. Rejects with the stack's error message. */
export async function sendControl(file: string, args: readonly string[]): Promise<void> {
  if (!existsSync(file)) throw new Error('no stack is running on this data folder');
  const { port, secret } = JSON.parse(readFileSync(file, 'utf8')) as { port: number; secret: string };
  await new Promise<void>((done, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, method: 'POST', headers: { authorization: secret } }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => (response.statusCode === 200 ? done() : reject(new Error(text))));
    });
    outgoing.once('error', (error) => reject(new Error(`the stack does not answer: ${error.message}`)));
    outgoing.end(JSON.stringify(args));
  });
}
