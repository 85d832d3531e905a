import { connect, type ConnectionOptions } from 'node:tls';
import { tlsRefusal, type Refusal } from './refusal';

/** TLS 1.3 refuses a client's certificate after the handshake: its alert comes within this time. */
const ALERT_MS = 1_000;

/**
 * The refusal that a handshake alone shows; null where it shows none. For connections that were closed: what a client writes into one makes the server's
 * system drop the alert that says why, so nothing is written here.
 */
export function handshakeRefusal(server: string, options: ConnectionOptions): Promise<Refusal | null> {
  return new Promise((told) => {
    const socket = connect(options);
    const end = (refusal: Refusal | null): void => {
      clearTimeout(timer);
      socket.destroy();
      told(refusal);
    };
    const timer = setTimeout(() => end(null), ALERT_MS);
    socket.once('error', (error) => end(tlsRefusal(server, error)));
    socket.once('close', () => end(null));
    socket.resume(); // else an alert would not be read
  });
}
