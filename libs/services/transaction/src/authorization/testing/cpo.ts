import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AuthorizationRequest } from '../external-authorizer';

export type Answering = (question: AuthorizationRequest, answer: ServerResponse, request: IncomingMessage) => void;

/** A CPO's own service, which answers as the test sets it. */
export async function cpo(): Promise<{
  url: string;
  asked: AuthorizationRequest[];
  as(answering: Answering): void;
  close(): Promise<void>;
}> {
  const asked: AuthorizationRequest[] = [];
  let answering: Answering = () => undefined;
  const server = createServer((request, answer) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const question = JSON.parse(body) as AuthorizationRequest; // ours
      asked.push(question);
      answering(question, answer, request);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/tokens`,
    asked,
    as: (next) => (answering = next),
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
export const json =
  (body: unknown, status = 200): Answering =>
  (_question, answer) =>
    void answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

/** A request as the service sends it. */
export const question: AuthorizationRequest = {
  tenant: 'default',
  station: 'CS-1',
  idToken: 'TAG',
  type: null,
  evse: 1,
  purpose: 'begin',
  at: '2026-01-01T00:00:00.000Z',
};
