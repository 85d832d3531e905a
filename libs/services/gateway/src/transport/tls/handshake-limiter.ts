import type { Socket } from 'node:net';
import { sourceOfAddress } from '../addresses';
import { peerOf } from '../tcp-connections';

interface HandshakeLimits {
  maxTlsHandshakes: number;
  maxTlsHandshakesPerAddress: number;
}

/**
 * Bounds the TLS connections that have not sent a request yet: each costs memory and a signature, and a peer that does not go on holds its place until the
 * time-out.
 */
export class HandshakeLimiter {
  /** By the peer's address and port. */
  readonly #open = new Map<string, { socket: Socket; source: string }>();
  /** By the owner of the address, who has a whole /64 of IPv6. */
  readonly #bySource = new Map<string, number>();

  constructor(
    private readonly limits: HandshakeLimits,
    /** Behind a proxy all stations have its address, so that only the number of all counts. */
    private readonly isProxy: (address: string) => boolean,
  ) {}

  /** Returns false where there are too many: the caller closes the socket. `address` is that of the station. */
  begin(socket: Socket, address: string): boolean {
    const source = sourceOfAddress(address);
    const ofSource = this.#bySource.get(source) ?? 0;
    const full = ofSource >= this.limits.maxTlsHandshakesPerAddress && !this.isProxy(address);
    if (this.#open.size >= this.limits.maxTlsHandshakes || full) return false;
    const peer = peerOf(socket);
    this.#open.set(peer, { socket, source });
    this.#bySource.set(source, ofSource + 1);
    socket.once('close', () => this.#end(peer));
    return true;
  }

  /** The request is there; `socket` may be the TLS socket on top of the one that began. */
  done(socket: Socket): void {
    this.#end(peerOf(socket));
  }

  /** Closes the connections whose request is not there. */
  close(): void {
    for (const { socket } of this.#open.values()) socket.destroy();
  }

  #end(peer: string): void {
    const begun = this.#open.get(peer);
    if (begun === undefined) return;
    this.#open.delete(peer);
    const left = (this.#bySource.get(begun.source) ?? 1) - 1;
    if (left > 0) this.#bySource.set(begun.source, left);
    else this.#bySource.delete(begun.source);
  }
}
