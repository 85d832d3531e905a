import type { X509Certificate } from 'node:crypto';
import { TLSSocket, connect, type ConnectionOptions } from 'node:tls';

/** A server that has not shown its certificate within this time shows none. */
const SHOWN_MS = 3_000;

/** The certificate that the server of an open connection has shown; null without TLS. */
export function certificateOfPeer(socket: unknown): X509Certificate | null {
  return socket instanceof TLSSocket ? (socket.getPeerX509Certificate() ?? null) : null;
}

/** The certificate that a server shows in its handshake, whether it is trusted or not; null where it shows none. Nothing is written to the server. */
export function certificateOfServer(options: ConnectionOptions): Promise<X509Certificate | null> {
  return new Promise((found) => {
    const socket = connect({ ...options, rejectUnauthorized: false });
    const end = (certificate: X509Certificate | null): void => {
      clearTimeout(timer);
      socket.destroy();
      found(certificate);
    };
    const timer = setTimeout(() => end(null), SHOWN_MS);
    socket.once('secureConnect', () => end(certificateOfPeer(socket)));
    socket.once('error', () => end(null)).once('close', () => end(null));
  });
}
