import type { ConnectionOptions } from 'node:tls';
import type { ConnectionSecurity } from '../connection-security';
import type { StationTransport, TransportHandler } from '../station-transport';
import type { TransportLimits } from '../transport-limits';
import { RawPeer } from './raw-peer';
import { RecordingGateway } from './recording-gateway';

export type MakeTransport = (handler: TransportHandler<string>, limits?: Partial<TransportLimits>) => StationTransport;

/** First bytes of frames, for fragments. */
export const FIN = 0x80;
export const CONTINUATION = 0x00;
export const FIRST_OF_TEXT = 0x01;
export const BINARY = 0x82;

/** The transport under test, the gateway behind it, and peers that end with the test. */
export class ContractHarness {
  gateway = new RecordingGateway();
  /** New with each `start`. */
  transport!: StationTransport;
  port = 0;
  private readonly peers: RawPeer[] = [];

  constructor(
    readonly make: MakeTransport,
    /** How the peers use TLS; null: they do not. */
    private readonly tls: (() => ConnectionOptions) | null = null,
  ) {}

  /** How a connection of a peer without a certificate is secured. */
  get security(): ConnectionSecurity {
    const ours = [{ nameHash: expect.stringMatching(/^[\da-f]{64}$/) as string, keyId: null }];
    return { encrypted: this.tls !== null, certificate: null, ...(this.tls === null ? {} : { serverIssuers: ours }) };
  }

  async start(limits?: Partial<TransportLimits>): Promise<void> {
    this.gateway = new RecordingGateway();
    this.transport = this.make(this.gateway, limits);
    this.port = (await this.transport.listen({ host: '127.0.0.1', port: 0 })).port;
  }

  async restart(limits: Partial<TransportLimits>): Promise<void> {
    await this.transport.close();
    await this.start(limits);
  }

  async stop(): Promise<void> {
    for (const peer of this.peers.splice(0)) peer.destroy();
    await this.transport.close();
  }

  async connected(): Promise<RawPeer> {
    const peer = await RawPeer.connect(this.port, this.tls?.() ?? null);
    this.peers.push(peer);
    return peer;
  }

  async upgraded(target?: string, headers?: Record<string, string>): Promise<RawPeer> {
    const peer = await RawPeer.upgraded(this.port, target, headers, this.tls?.() ?? null);
    this.peers.push(peer);
    return peer;
  }

  /** Sends a request from a peer of its own, and resolves with the answer. */
  async ask(request: string): ReturnType<RawPeer['answer']> {
    return (await this.connected()).write(request).answer();
  }
}

/** A promise that the test resolves. */
export function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
