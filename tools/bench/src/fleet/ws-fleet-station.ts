import { once } from 'node:events';
import WebSocket from 'ws';
import { answerTo, boot, reportParts, type FleetProtocol } from './fleet-messages';

/** A connection that was lost is tried again after this. */
const RECONNECT_MS = 2_000;
const CONNECT_MS = 60_000;

/** What a station was sent, as it saw it itself. */
export interface Received {
  /** Values that it was told to set: one entry for each message. */
  sets: number;
  /** Sockets that it had, the first among them. */
  connections: number;
}

/** One socket and no timers: cheap enough for ten thousand in one process. It answers what it is sent and counts what it is told to set. */
export class WsFleetStation {
  readonly received: Received = { sets: 0, connections: 0 };
  private socket: WebSocket | null = null;
  private calls = 0;
  private readonly waiting = new Map<string, () => void>();

  constructor(
    readonly name: string,
    private readonly protocol: FleetProtocol,
    private readonly url: string,
  ) {}

  /** Connects and boots; resolves when the boot was answered. */
  async connect(): Promise<void> {
    const socket = new WebSocket(`${this.url}/${this.name}`, this.protocol, { handshakeTimeout: CONNECT_MS, perMessageDeflate: false });
    this.socket = socket;
    await once(socket, 'open');
    this.received.connections += 1;
    socket.on('message', (data: Buffer) => this.receive(data.toString()));
    socket.on('error', () => undefined); // its close follows
    socket.on('close', () => this.onClosed());
    await this.call('BootNotification', boot(this.protocol));
  }

  /** Resolves when it was answered, whatever the answer is. */
  call(action: string, payload: object): Promise<void> {
    const id = `${this.calls++}`;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.socket?.send(JSON.stringify([2, id, action, payload]));
    });
  }

  private onClosed(): void {
    for (const settle of this.waiting.values()) settle();
    this.waiting.clear();
    this.reconnect();
  }

  private reconnect(): void {
    setTimeout(() => {
      this.connect().catch(() => this.reconnect());
    }, RECONNECT_MS).unref();
  }

  private receive(text: string): void {
    const [type, id, action, payload] = JSON.parse(text) as [number, string, string, Record<string, unknown>]; // our own gateway sends OCPP-J
    if (type !== 2) {
      this.waiting.get(id)?.();
      this.waiting.delete(id);
      return;
    }
    if (action === 'SetVariables' || action === 'ChangeConfiguration') this.received.sets += 1;
    this.socket?.send(JSON.stringify([3, id, answerTo(action, payload)]));
    if (action === 'GetBaseReport') void this.report(Number(payload['requestId']));
  }

  private async report(requestId: number): Promise<void> {
    for (const part of reportParts(requestId)) await this.call('NotifyReport', part);
  }
}
