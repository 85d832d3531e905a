import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Protocol } from '@voltbus/contracts';
import { bent } from './bends';
import { CallError, CallLine, NoAnswer } from './call-line';
import type { DeliveryQueue } from './delivery-queue';
import { gate } from './gate';
import type { Orders } from './obedience';
import type { Personality } from './personality';
import type { StationOptions } from './virtual-station';
import type { Spoken, Words } from './words';
import { whenCalled } from './when-called';
import { Refused, type Wire } from './wire';

const CALL_TIMEOUT_MS = 10_000;
const FIRST_BACK_OFF_MS = 500;
const LAST_BACK_OFF_MS = 10_000;

export interface LineKeeperParts {
  options: StationOptions;
  personality: Personality;
  /** The version that it speaks, whatever is agreed on. */
  tongue: Protocol;
  words: Words;
  queue: DeliveryQueue;
  orders: Orders;
}

/** A station's side of its network: connects again and again with back-off and jitter, boots, reports, and lets through what is queued. */
export class LineKeeper {
  private readonly stopping = new AbortController();
  private wire: Wire | null = null;
  private line: CallLine | null = null;
  private booted = false;
  /** Its status was heard over the present connection, and so was its boot if it had to say one. */
  private reported = false;
  private awayUntil = 0;
  private messageCount = 0;
  private life: Promise<void> = Promise.resolve();
  private ready = gate();

  constructor(private readonly parts: LineKeeperParts) {}

  get online(): boolean {
    return this.line !== null;
  }

  get stopped(): boolean {
    return this.stopping.signal.aborted;
  }

  start(): void {
    this.life = this.live();
  }

  /** Connected, accepted, reported; again after each reconnect. */
  whenReady(): Promise<void> {
    return this.ready.promise;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.parts.queue.through(null);
    this.wire?.close();
    await this.life;
  }

  /** Loses its network at once and stays away so long. */
  cut(awayMs: number): void {
    this.awayUntil = Date.now() + awayMs;
    this.wire?.cut();
  }

  /** Boots anew, over a new connection. */
  restart(): void {
    this.booted = false;
    setTimeout(() => this.wire?.close(), 100);
  }

  /** Greets again over the connection that it has. False: it has booted, or is about to without being told. */
  greetNow(): boolean {
    if (this.booted || this.line === null || !this.parts.personality.bootsOnce) return false;
    void this.greet(this.line);
    return true;
  }

  /** A frame as it is. */
  send(frame: string): void {
    this.wire?.send(frame);
  }

  /** Rejects with `NoAnswer` while offline, and as `CallLine` does. */
  async say({ action, payload }: Spoken): Promise<Record<string, unknown>> {
    if (this.line === null) throw new NoAnswer('offline');
    return this.calling(this.line, action, payload);
  }

  /** Until then, or until it is stopped. */
  pause(ms: number): Promise<void> {
    return sleep(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }

  private async calling(line: CallLine, action: string, payload: object): Promise<Record<string, unknown>> {
    try {
      return await line.call(action, payload);
    } catch (error) {
      this.parts.options.observer?.failed?.(action, error instanceof Error ? error : new Error(String(error)));
      throw error;
    }
  }

  /** Connects again and again until stopped. */
  private async live(): Promise<void> {
    for (let failures = 0; !this.stopping.signal.aborted;) {
      const away = this.awayUntil - Date.now();
      if (away > 0) await this.pause(away);
      const lived = await this.connection();
      failures = lived ? 0 : failures + 1;
      const backOff = Math.min(LAST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** Math.min(failures, 10));
      if (!this.stopping.signal.aborted) await this.pause(backOff * this.parts.options.random.between(0.5, 1.5));
    }
  }

  /** One connection, from dialling to its end; true when it came about. */
  private async connection(): Promise<boolean> {
    const closed = gate();
    const heard: string[] = [];
    try {
      if (this.parts.personality.messageIdsRestart) this.messageCount = 0;
      const { fragments = false, slash = false, speaks16 = false } = this.parts.personality;
      const wire = await this.parts.options.dial(
        { ...this.parts.options.target, fragments, slash, offers16: speaks16 },
        {
          message: (text) => (this.line === null ? heard.push(text) : this.line.receive(text)),
          closed: (code) => {
            this.parts.options.observer?.disconnected?.(code);
            closed.resolve();
          },
        },
      );
      await this.hold(wire, closed.promise, heard);
      return true;
    } catch (error) {
      if (error instanceof Refused) {
        this.parts.options.observer?.refused?.(error.status);
        if (error.retryAfterSeconds !== null) await this.pause(error.retryAfterSeconds * 1_000);
      } else {
        this.parts.options.observer?.unreachable?.(error instanceof Error ? error : new Error(String(error)));
      }
      return false;
    }
  }

  private async hold(wire: Wire, closed: Promise<void>, heard: readonly string[]): Promise<void> {
    const line = new CallLine({
      wire,
      timeoutMs: CALL_TIMEOUT_MS,
      nextId: () => this.nextMessageId(),
      obey: whenCalled(wire, this.parts, () => this.reported),
      misshapenErrors: this.parts.personality.answers === 'misshapen-errors',
      answered: (action, latencyMs) => {
        this.reported ||= action === 'StatusNotification';
        this.parts.options.observer?.answered?.(action, latencyMs);
      },
    });
    this.reported = false;
    this.wire = wire;
    this.line = line;
    this.parts.options.observer?.connected?.();
    for (const text of heard) line.receive(text);
    // Stopped while it was dialled: there was none to close then.
    if (this.stopped) wire.close();
    else void this.greet(line);
    await closed;
    line.end();
    this.parts.queue.through(null);
    this.ready = gate();
    this.wire = this.line = null;
  }

  private async greet(line: CallLine): Promise<void> {
    try {
      if (this.parts.personality.hasty && !this.booted) await this.calling(line, 'Heartbeat', {}).catch(() => undefined);
      while (!this.booted || this.parts.personality.bootsAlways) {
        const { action, payload } = bent(this.parts.words.boot('PowerUp'), this.parts.personality.bends);
        const answer = await this.calling(line, action, payload);
        this.booted = this.parts.words.accepted(answer);
        if (this.booted) break;
        await this.pause(Math.max(1, Number(answer['interval'] ?? 1)) * 1_000);
        if (this.line !== line) return;
      }
      const { action, payload } = this.parts.words.status(1, 'available', new Date());
      if (!this.parts.personality.statusless) await this.calling(line, action, payload);
      if (this.stopping.signal.aborted) return;
      this.parts.queue.through((name, body) => this.calling(line, name, body));
      this.ready.resolve();
    } catch (error) {
      if (!(error instanceof NoAnswer) && !(error instanceof CallError)) throw error;
      if (this.parts.personality.bootsOnce && !this.booted) return; // until it is triggered, or connects again
      if (this.line === line) this.wire?.close(); // it greets again with the next connection
    }
  }

  private nextMessageId(): string {
    this.messageCount++;
    return this.parts.personality.messageId ?? (this.parts.personality.messageIdsRestart ? String(this.messageCount) : randomUUID());
  }
}
