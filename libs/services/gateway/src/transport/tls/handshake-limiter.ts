import type { Socket } from 'node:net';
import { plainAddress } from '../upgrade-request';

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
  readonly #open = new Map<string, { socket: Socket; address: string }>();
  readonly #byAddress = new Map<string, number>();

  constructor(
    private readonly limits: HandshakeLimits,
    /** Behind a proxy all stations have its address, so that only the number of all counts. */
    private readonly isProxy: (address: string) => boolean,
  ) {}

  /** Returns false where there are too many: the caller closes the socket. `address` is that of the station. */
  begin(socket: Socket, address: string): boolean {
    const ofAddress = this.#byAddress.get(address) ?? 0;
    const full = ofAddress >= this.limits.maxTlsHandshakesPerAddress && !this.isProxy(address);
    if (this.#open.size >= this.limits.maxTlsHandshakes || full) return false;
    const peer = peerOf(socket);
    this.#open.set(peer, { socket, address });
    this.#byAddress.set(address, ofAddress + 1);
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
    const left = (this.#byAddress.get(begun.address) ?? 1) - 1;
    if (left > 0) this.#byAddress.set(begun.address, left);
    else this.#byAddress.delete(begun.address);
  }
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${plainAddress(remoteAddress)} ${remotePort}`;
}
