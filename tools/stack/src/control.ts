import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';

/** What another terminal may ask of a running stack: `restart NAME`, `stop`. */
export type ControlHandler = (words: readonly string[]) => Promise<void>;

const SECRET_BYTES = 16;

/** A stack runs on this data already: two would ruin each other's Kafka. */
export class StackRuns extends Error {
  override name = 'StackRuns';
  constructor() {
    super('a stack runs on this data folder already: `npm run stack -- stop` stops it, VOLTBUS_DATA_DIR names another one');
  }
}

/**
 * Takes orders on a loopback port; the file that names it also holds the secret that an order must carry. Rejects with `StackRuns` when
 * another one takes them. What it resolves to ends it, once the orders in hand have been answered.
 */
export async function serveControl(file: string, order: ControlHandler): Promise<() => Promise<void>> {
  if (
    await sendControl(file, []).then(
      () => true,
      () => false,
    )
  )
    throw new StackRuns();
  const secret = randomBytes(SECRET_BYTES).toString('hex');
  const server: Server = createServer((asked, answer) => {
    let body = '';
    asked.on('data', (chunk: Buffer) => (body += chunk.toString()));
    asked.on('end', () => {
      const reply = (status: number, text: string): void => void answer.writeHead(status, { connection: 'close' }).end(text);
      if (asked.headers.authorization !== secret) return reply(401, 'not for you');
      const words = JSON.parse(body) as string[]; // the secret's owner is our own `sendOrder`
      if (words.length === 0) return reply(200, ''); // somebody asks whether we are here
      order(words).then(
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

/** Sends an order to the stack that runs on this data; rejects with its words when it cannot be done. */
export async function sendControl(file: string, words: readonly string[]): Promise<void> {
  if (!existsSync(file)) throw new Error('no stack is running on this data folder');
  const { port, secret } = JSON.parse(readFileSync(file, 'utf8')) as { port: number; secret: string };
  await new Promise<void>((done, reject) => {
    const asked = request({ host: '127.0.0.1', port, method: 'POST', headers: { authorization: secret } }, (answer) => {
      let text = '';
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
      answer.on('end', () => (answer.statusCode === 200 ? done() : reject(new Error(text))));
    });
    asked.once('error', (error) => reject(new Error(`the stack does not answer: ${error.message}`)));
    asked.end(JSON.stringify(words));
  });
}
