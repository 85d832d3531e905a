import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { deferred } from '../deferred';
import type { MessageBuilder } from '../messages/message-builder';
import type { OcppMessage } from '../messages/ocpp-message';
import type { NetworkProfiles } from '../security/network-profiles';
import { applyMutations } from '../messages/payload-mutations';
import type { Personality } from '../personality/personality';
import type { StationOptions } from '../station-options';
import type { DeliveryQueue } from './delivery-queue';
import { CallError, NoAnswer, OcppConnection, type OcppConnectionOptions } from './ocpp-connection';
import { UpgradeRefused, type StationSocket, type StationTls } from './socket';

const CALL_TIMEOUT_MS = 10_000;
const FIRST_BACK_OFF_MS = 500;
const LAST_BACK_OFF_MS = 10_000;
/** A station answers the command before it closes its connection. */
const RESTART_MS = 100;

interface ConnectionManagerParts {
  options: StationOptions;
  personality: Personality;
  messages: MessageBuilder;
  queue: DeliveryQueue;
  /** How the station proves itself over TLS at this connection. */
  tls(): StationTls | undefined;
  /** Where it connects, and what comes of it. */
  network: Pick<NetworkProfiles, 'current' | 'onConnected' | 'onFailed'>;
  /** Makes the handler of the CSMS's calls over one connection. `reported` is true once the station has booted and reported over it. */
  commandHandlers(socket: StationSocket, reported: () => boolean): OcppConnectionOptions['handleCall'];
}

/** Keeps a station connected: reconnects with back-off and jitter, boots, reports its status, and lets the delivery queue send. */
export class ConnectionManager {
  private readonly stopping = new AbortController();
  private socket: StationSocket | null = null;
  private connection: OcppConnection | null = null;
  private booted = false;
  /** The CSMS has answered a status over the present connection, and before it the boot if one was due. */
  private reported = false;
  private awayUntil = 0;
  private messageCount = 0;
  private running: Promise<void> = Promise.resolve();
  private ready = deferred();
  /** The station's own from then on, as the CSMS has set it. */
  private newPassword: string | undefined;

  constructor(private readonly parts: ConnectionManagerParts) {}

  get password(): string | undefined {
    return this.newPassword ?? this.parts.options.target.password;
  }

  get online(): boolean {
    return this.connection !== null;
  }

  get stopped(): boolean {
    return this.stopping.signal.aborted;
  }

  start(): void {
    this.running = this.keepConnected();
  }

  /** Resolves when the station is connected, accepted and has reported; each connection has a promise of its own. */
  whenReady(): Promise<void> {
    return this.ready.promise;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.parts.queue.sendThrough(null);
    this.socket?.close();
    await this.running;
  }

  /** Cuts the connection at once and does not reconnect before that time has passed. */
  cut(awayMs: number): void {
    this.awayUntil = Date.now() + awayMs;
    this.socket?.cut();
  }

  /** Connects anew, without a boot. */
  reconnect(): void {
    setTimeout(() => this.socket?.close(), RESTART_MS);
  }

  /** Boots again over a new connection. */
  restart(): void {
    this.booted = false;
    this.reconnect();
  }

  /** Comes back with another password. */
  usePassword(password: string): void {
    this.newPassword = password;
    this.reconnect();
  }

  /** Boots again over the present connection. False: the station has booted, or is about to without a trigger. */
  bootNow(): boolean {
    if (this.booted || this.connection === null || !this.parts.personality.bootsOnce) return false;
    void this.register(this.connection);
    return true;
  }

  sendFrame(frame: string): void {
    this.socket?.send(frame);
  }

  /** Rejects with `NoAnswer` while offline, and as `OcppConnection.call` does. */
  async call({ action, payload }: OcppMessage): Promise<Record<string, unknown>> {
    if (this.connection === null) throw new NoAnswer('offline');
    return this.callOver(this.connection, action, payload);
  }

  /** Resolves after that time, or when the station is stopped. */
  pause(ms: number): Promise<void> {
    return sleep(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }

  private async callOver(connection: OcppConnection, action: string, payload: object): Promise<Record<string, unknown>> {
    try {
      return await connection.call(action, payload);
    } catch (error) {
      this.parts.options.observer?.onCallFailed?.(action, asError(error));
      throw error;
    }
  }

  private async keepConnected(): Promise<void> {
    for (let failures = 0; !this.stopped;) {
      const awayMs = this.awayUntil - Date.now();
      if (awayMs > 0) await this.pause(awayMs);
      failures = (await this.connectOnce()) ? 0 : failures + 1;
      const backOffMs = Math.min(LAST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** Math.min(failures, 10));
      if (!this.stopped) await this.pause(backOffMs * this.parts.options.random.between(0.5, 1.5));
    }
  }

  /** Connects and stays until the connection ends. False: no connection came about. */
  private async connectOnce(): Promise<boolean> {
    const closed = deferred();
    const early: string[] = [];
    const { options, personality } = this.parts;
    try {
      if (personality.messageIdsRestart) this.messageCount = 0;
      const { fragments = false, slash = false, speaks16 = false } = personality;
      const socket = await options.dial(
        {
          ...{ ...options.target, url: this.parts.network.current.url, ...withTls(this.parts.tls()) },
          ...(this.password === undefined ? {} : { password: this.password }),
          ...{ fragments, slash, offers16: speaks16 },
        },
        {
          onMessage: (text) => (this.connection === null ? early.push(text) : this.connection.receive(text)),
          onClosed: (code) => {
            options.observer?.onDisconnected?.(code);
            closed.resolve();
          },
        },
      );
      this.parts.network.onConnected();
      await this.serve(socket, closed.promise, early);
      return true;
    } catch (error) {
      this.parts.network.onFailed();
      await this.reportFailure(error);
      return false;
    }
  }

  private async reportFailure(error: unknown): Promise<void> {
    const { observer } = this.parts.options;
    if (!(error instanceof UpgradeRefused)) return observer?.onUnreachable?.(asError(error));
    observer?.onRefused?.(error.status);
    if (error.retryAfterSeconds !== null) await this.pause(error.retryAfterSeconds * 1_000);
  }

  private async serve(socket: StationSocket, closed: Promise<void>, early: readonly string[]): Promise<void> {
    const connection = new OcppConnection({
      socket,
      timeoutMs: CALL_TIMEOUT_MS,
      nextId: () => this.nextMessageId(),
      handleCall: this.parts.commandHandlers(socket, () => this.reported),
      misshapenErrors: this.parts.personality.callAnswers === 'misshapen-errors',
      onAnswered: (action, latencyMs) => {
        this.reported ||= action === 'StatusNotification';
        this.parts.options.observer?.onAnswered?.(action, latencyMs);
      },
    });
    this.reported = false;
    this.socket = socket;
    this.connection = connection;
    this.parts.options.observer?.onConnected?.();
    for (const text of early) connection.receive(text);
    // If the station was stopped while it dialled, `stop` had no socket to close.
    if (this.stopped) socket.close();
    else void this.register(connection);
    await closed;
    connection.end();
    this.parts.queue.sendThrough(null);
    this.ready = deferred();
    this.socket = this.connection = null;
  }

  /** Boots until it is accepted, reports its status, and lets the queue send. */
  private async register(connection: OcppConnection): Promise<void> {
    const { personality, messages, queue } = this.parts;
    try {
      if (personality.hasty && !this.booted) await this.callOver(connection, 'Heartbeat', {}).catch(() => undefined);
      while (!this.booted || personality.bootsAlways) {
        const { action, payload } = applyMutations(messages.boot('PowerUp'), personality.mutations);
        const answer = await this.callOver(connection, action, payload);
        this.booted = messages.isAccepted(answer);
        if (this.booted) break;
        await this.pause(Math.max(1, Number(answer['interval'] ?? 1)) * 1_000);
        if (this.connection !== connection) return;
      }
      const { action, payload } = messages.status(1, 'available', new Date());
      if (!personality.statusless) await this.callOver(connection, action, payload);
      if (this.stopped) return;
      queue.sendThrough((name, body) => this.callOver(connection, name, body));
      this.ready.resolve();
    } catch (error) {
      if (!(error instanceof NoAnswer) && !(error instanceof CallError)) throw error;
      if (personality.bootsOnce && !this.booted) return; // until it is triggered, or connects again
      if (this.connection === connection) this.socket?.close(); // it registers again over the next connection
    }
  }

  private nextMessageId(): string {
    this.messageCount++;
    const { messageId, messageIdsRestart } = this.parts.personality;
    return messageId ?? (messageIdsRestart ? String(this.messageCount) : randomUUID());
  }
}

function withTls(tls: StationTls | undefined): { tls?: StationTls } {
  return tls === undefined ? {} : { tls };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
