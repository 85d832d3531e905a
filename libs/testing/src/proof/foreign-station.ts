import { setTimeout as pause } from 'node:timers/promises';
import type { ConnectionOptions } from 'node:tls';
import { RPCClient } from 'ocpp-rpc';

export type ProtocolName = 'ocpp1.6' | 'ocpp2.0.1' | 'ocpp2.1';
export const PROTOCOL_NAMES: readonly ProtocolName[] = ['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'];

export interface StationOptions {
  /** `ws://host:port/ocpp/<tenant>`, or without the tenant. */
  url: string;
  station: string;
  protocol: ProtocolName;
  password?: string;
  /** Of a `wss` URL. */
  tls?: ConnectionOptions;
  reconnect?: boolean;
}

/** `ocpp-rpc` 2.2.1 looks up `urn:<Action>.req` also where its 2.1 schemas are called `urn:<Action>Request`: strict there means every call fails. */
const STRICT = ['ocpp1.6', 'ocpp2.0.1'];

/** A broker that was killed, on a machine that does much else, is back after minutes. */
const INSIST_MS = 240_000;
const AGAIN_MS = 100;

type ClientOptions = ConstructorParameters<typeof RPCClient>[0];
type Payload = Record<string, unknown>;

/** A charging station built on a client that nobody here wrote (`ocpp-rpc`), in strict mode: it checks what we send by OCA's schemas. */
export class ForeignStation {
  private readonly client: RPCClient;
  /** The calls received, in order. */
  readonly received: { action: string; payload: unknown }[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;

  constructor(readonly options: StationOptions) {
    // The package's types demand every option; all have defaults.
    const given: Partial<ClientOptions> = {
      endpoint: options.url,
      identity: options.station,
      protocols: [options.protocol],
      password: options.password ?? null,
      strictMode: STRICT,
      ...(options.tls === undefined ? {} : { wsOpts: options.tls }),
      reconnect: options.reconnect ?? false,
      callTimeoutMs: 30_000, // beyond what the gateway may take to answer
      backoff: { initialDelay: 200, maxDelay: 1000, factor: 2, randomisationFactor: 0.2 },
    };
    this.client = new RPCClient(given as ClientOptions);
    this.closed = new Promise((resolve) =>
      this.client.once('close', ({ code, reason }: { code: number; reason: string }) => resolve({ code, reason })),
    );
  }

  static async connect(options: StationOptions): Promise<ForeignStation> {
    const station = new ForeignStation(options);
    await station.open();
    return station;
  }

  async open(): Promise<void> {
    await this.client.connect();
  }

  /** Sends a call. A station that reconnects sends it again until it is answered, as stations do; an error is an answer. */
  async call<T = Payload>(action: string, payload: Payload): Promise<T> {
    for (const end = Date.now() + INSIST_MS; ; await pause(AGAIN_MS)) {
      try {
        return (await this.client.call(action, payload)) as T; // the caller names what its version answers
      } catch (error) {
        const unanswered = error instanceof Error && /Client disconnected|Call timeout|socket not open/.test(error.message);
        if (!unanswered || this.options.reconnect !== true || Date.now() > end) throw error;
      }
    }
  }

  /** Sets the answer to a call; the last one set for an action counts. */
  answer(action: string, answer: (payload: Payload) => Payload | Promise<Payload>): this {
    this.client.removeHandler(action);
    this.client.handle(action, async ({ params }) => {
      this.received.push({ action, payload: params });
      return answer(params ?? {});
    });
    return this;
  }

  sendRaw(frame: string): void {
    this.client.sendRaw(frame);
  }

  once(event: string, listener: (detail: unknown) => void): void {
    this.client.once(event, listener);
  }

  async close(): Promise<void> {
    await this.client.close({ force: true, code: 1000, reason: '' }).catch(() => undefined);
  }
}
