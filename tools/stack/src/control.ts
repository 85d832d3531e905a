import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';

/** What another terminal may ask of a running stack: `restart NAME`, `stop`. */
export type Order = (words: readonly string[]) => Promise<void>;

const SECRET_BYTES = 16;

/** Takes orders on a loopback port; the file that names it also holds the secret that an order must carry. */
export async function takeOrders(file: string, order: Order): Promise<() => void> {
  const secret = randomBytes(SECRET_BYTES).toString('hex');
  const server: Server = createServer((asked, answer) => {
    let body = '';
    asked.on('data', (chunk: Buffer) => (body += chunk.toString()));
    asked.on('end', () => {
      const reply = (status: number, text: string): void => void answer.writeHead(status).end(text);
      if (asked.headers.authorization !== secret) return reply(401, 'not for you');
      order(JSON.parse(body) as string[]).then(
        // the secret's owner is our own `sendOrder`
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
    server.close();
    server.closeAllConnections();
  };
}

/** Sends an order to the stack that runs on this data; rejects with its words when it cannot be done. */
export async function sendOrder(file: string, words: readonly string[]): Promise<void> {
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
