import type {
  SocketListener,
  StationSocket,
  TransportHandler,
  TransportRefusal,
  UpgradeDecision,
  UpgradeRequest,
} from '../station-transport';

/** A socket and everything that happened on it. */
interface Recorded {
  socket: StationSocket;
  context: string;
  messages: { text: string; isBinary: boolean; bytes: Buffer }[];
  pings: number;
  pongs: number;
  closes: [code: number, reason: string][];
}

type Decision = UpgradeDecision<string> | Promise<UpgradeDecision<string>>;

/** The gateway's side of a transport under test. It records all events, and accepts with the station's first subprotocol unless `decide` is replaced. */
export class RecordingGateway implements TransportHandler<string> {
  readonly requests: UpgradeRequest[] = [];
  readonly sockets: Recorded[] = [];
  readonly refusals: TransportRefusal[] = [];
  readonly refusedAddresses: string[] = [];
  readonly defects: unknown[] = [];
  decide: (request: UpgradeRequest) => Decision = ({ offered, path }) => ({ accept: true, subprotocol: offered[0] ?? null, context: path });
  onOpen: (recorded: Recorded) => void = () => undefined;
  onMessage: (recorded: Recorded, text: string) => void = () => undefined;
  readonly #waiting = new Set<() => void>();

  decideUpgrade(request: UpgradeRequest): Decision {
    this.requests.push(request);
    this.#changed();
    return this.decide(request);
  }

  onConnected(socket: StationSocket, context: string): SocketListener {
    const recorded: Recorded = { socket, context, messages: [], pings: 0, pongs: 0, closes: [] };
    this.sockets.push(recorded);
    this.#changed();
    this.onOpen(recorded);
    return {
      onMessage: (bytes, isBinary) => {
        recorded.messages.push({ text: bytes.toString(), isBinary, bytes });
        this.#changed();
        this.onMessage(recorded, bytes.toString());
      },
      onPing: () => {
        recorded.pings += 1;
        this.#changed();
      },
      onPong: () => {
        recorded.pongs += 1;
        this.#changed();
      },
      onDisconnected: (code, reason) => {
        recorded.closes.push([code, reason]);
        this.#changed();
      },
    };
  }

  onRefused(reason: TransportRefusal, remoteAddress: string): void {
    this.refusals.push(reason);
    this.refusedAddresses.push(remoteAddress);
    this.#changed();
  }

  onDefect(error: unknown): void {
    this.defects.push(error);
    this.#changed();
  }

  /** Resolves with the result of `find` as soon as an event makes it find something. */
  async when<T>(find: () => T | undefined | null | false): Promise<T> {
    for (;;) {
      const found = find();
      if (found !== undefined && found !== null && found !== false) return found;
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  async opened(index = 0): Promise<Recorded> {
    return this.when(() => this.sockets[index]);
  }

  async closed(index = 0): Promise<[code: number, reason: string]> {
    return this.when(() => this.sockets[index]?.closes[0]);
  }

  #changed(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
