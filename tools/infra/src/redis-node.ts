import { connect } from 'node:net';

const PATIENCE_MS = 2_000;

/** Rejects while the server does not answer. */
export function pingRedis(host: string, port: number): Promise<void> {
  return new Promise((answered, reject) => {
    const socket = connect({ host, port, timeout: PATIENCE_MS }, () => socket.write('PING\r\n'));
    const fail = (error: Error): void => {
      socket.destroy();
      reject(error);
    };
    socket.once('data', (data) => {
      if (!data.toString().startsWith('+PONG')) return fail(new Error(data.toString()));
      socket.destroy();
      answered();
    });
    socket.once('error', fail);
    socket.once('timeout', () => fail(new Error('no answer to a PING')));
    socket.once('close', () => fail(new Error('hung up on a PING')));
  });
}
