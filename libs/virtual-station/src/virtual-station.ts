import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { asides, type AsideName } from './asides';
import { bent } from './bends';
import { CallError, CallLine, NoAnswer } from './call-line';
import { DeliveryQueue } from './delivery-queue';
import { powerAt, Register, someCar } from './meter';
import { obey, type Orders } from './obedience';
import { BY_THE_BOOK, type Personality } from './personality';
import type { Random } from './random';
import type { Reading, Session } from './session';
import type { Spoken, Words } from './words';
import { words16 } from './words16';
import { words2 } from './words2';
import { Refused, type Dial, type Target, type Wire } from './wire';

/** A station forgets what does not fit: about what small real stations keep. */
const QUEUE_CAPACITY = 100;
const CALL_TIMEOUT_MS = 10_000;
const FIRST_BACK_OFF_MS = 500;
const LAST_BACK_OFF_MS = 10_000;
/** Before a station retries what was answered by an error, times the attempts so far. */
const RETRY_MS = 1_000;
const RETRY_ATTEMPTS = 5;

export interface StationOptions {
  target: Target;
  random: Random;
  dial: Dial;
  personality?: Personality;
  /** Told of what happens, for counting. */
  observer?: StationObserver;
}

export interface StationObserver {
  answered?(action: string, latencyMs: number): void;
  failed?(action: string, error: Error): void;
  connected?(): void;
  disconnected?(code: number): void;
  refused?(status: number): void;
}

export interface SessionPlan {
  idToken: string;
  evse?: number;
  /** How long it lasts, and how often the meter is read. */
  seconds: number;
  readEverySeconds: number;
}

/**
 * A charging station without the hardware, for any CSMS: boots, reports, charges with a plausible curve, obeys the core commands,
 * delivers what it must across disconnections, reconnects with back-off and jitter. What happened is in `sessions`.
 */
export class VirtualStation {
  readonly sessions: Session[] = [];
  readonly variables = new Map<string, string>([
    ['HeartbeatInterval', '300'],
    ['MeterValueSampleInterval', '60'],
  ]);
  private readonly words: Words;
  readonly personality: Personality;
  private readonly queue: DeliveryQueue;
  private readonly stopping = new AbortController();
  private readonly registers = new Map<number, Register>();
  private readonly remoteStops = new Map<string, () => void>();
  private wire: Wire | null = null;
  private line: CallLine | null = null;
  private booted = false;
  private awayUntil = 0;
  private messageCount = 0;
  private life: Promise<void> = Promise.resolve();
  private ready: { promise: Promise<void>; resolve(): void } = gate();

  constructor(private readonly options: StationOptions) {
    this.personality = options.personality ?? BY_THE_BOOK;
    this.words = options.target.protocol === 'ocpp1.6' ? words16(this.personality) : words2(this.personality);
    this.queue = new DeliveryQueue({
      capacity: QUEUE_CAPACITY,
      attempts: RETRY_ATTEMPTS,
      retryMs: RETRY_MS,
      times: this.personality.times ?? 1,
      pause: (ms) => this.pause(ms),
    });
  }

  get identity(): string {
    return this.options.target.identity;
  }

  /** Messages not yet delivered. */
  get waiting(): number {
    return this.queue.length;
  }

  start(): void {
    this.life = this.live();
  }

  /** Connected, accepted, reported; again after each reconnect. */
  whenReady(): Promise<void> {
    return this.ready.promise;
  }

  /** Delivers what is queued (at most so long), then disconnects. */
  async stop(deliverMs: number): Promise<void> {
    await Promise.race([this.queue.empty(), sleep(deliverMs, undefined, { ref: false })]);
    this.stopping.abort();
    this.queue.through(null);
    this.wire?.close();
    await this.life;
  }

  /** Loses its network at once and stays away so long. */
  cut(awayMs: number): void {
    this.awayUntil = Date.now() + awayMs;
    this.wire?.cut();
  }

  /** Authorizes (when online) and charges; resolves when the session has ended and its end is queued. Null: not authorized. */
  async charge(plan: SessionPlan): Promise<Session | null> {
    const presented = { ...plan, idToken: plan.idToken + (this.personality.tokenSuffix ?? '') };
    if (this.line !== null && !(await this.authorize(presented.idToken))) return null;
    const session = this.begin(presented);
    const cuts = this.cutsWithin(plan.seconds);
    const held: Reading[] = [];
    const end = Date.now() + plan.seconds * 1_000;
    const stopped = gate();
    this.remoteStops.set(session.transactionId ?? '', stopped.resolve);
    for (let remote = false; Date.now() < end && !remote && !this.stopping.signal.aborted;) {
      const before = Date.now();
      remote = await Promise.race([
        this.pause(Math.min(plan.readEverySeconds * 1_000, end - before)).then(() => false),
        stopped.promise.then(() => true),
      ]);
      if (session.transactionId !== null) this.remoteStops.set(session.transactionId, stopped.resolve);
      const reading = this.measure(session, (Date.now() - before) / 1_000, 'Sample.Periodic');
      if (this.personality.readsBackwards) held.unshift(reading);
      else this.report(session, reading);
      this.makeNoise(session, reading);
      if (cuts.length > 0 && Date.now() > (cuts[0] ?? 0)) this.cut(cuts.shift() === undefined ? 0 : (this.personality.awayMs ?? 0));
    }
    for (const reading of held) this.report(session, reading);
    return this.finish(session);
  }

  private async authorize(idToken: string): Promise<boolean> {
    const answer = await this.say(this.words.authorize(idToken)).catch(() => null);
    return answer === null || this.words.authorized(answer); // offline behaviour: unknown tokens charge, and are told later
  }

  private begin({ idToken, evse = 1 }: SessionPlan): Session {
    const register = this.registers.get(evse) ?? new Register(this.options.random.integer(0, 5_000_000));
    this.registers.set(evse, register);
    const session: Session = {
      idToken,
      evse,
      register,
      curve: someCar(this.options.random),
      startWh: register.wh,
      startedAt: new Date(),
      endedAt: null,
      endWh: null,
      seqNo: 0,
      transactionId: this.options.target.protocol === 'ocpp1.6' ? null : randomUUID(),
      acknowledged: { start: false, end: false, readings: 0 },
      lost: 0,
    };
    this.sessions.push(session);
    const reading = this.measure(session, 0, 'Transaction.Begin');
    this.deliver(
      session,
      () => this.words.started(session, reading),
      false,
      (answer) => {
        session.acknowledged.start = true;
        this.words.begun(session, answer);
      },
    );
    this.sayBeside(this.personality.before, session, reading);
    this.mentionStatus(evse, 'occupied');
    return session;
  }

  private finish(session: Session): Session {
    const reading = this.measure(session, 0, 'Transaction.End');
    session.endedAt = reading.at;
    session.endWh = reading.wh;
    this.deliver(
      session,
      () => this.words.ended(session, reading, 'Local'),
      false,
      () => (session.acknowledged.end = true),
    );
    this.sayBeside(this.personality.after, session, reading);
    this.mentionStatus(session.evse, 'available');
    if (session.transactionId !== null) this.remoteStops.delete(session.transactionId);
    return session;
  }

  private measure(session: Session, seconds: number, context: Reading['context']): Reading {
    const at = new Date();
    const powerW = powerAt(session.curve, (at.getTime() - session.startedAt.getTime()) / 1_000, session.register.wh - session.startWh);
    session.register.add(powerW, seconds);
    return { at, wh: session.register.wh, powerW, context, seqNo: session.seqNo++ };
  }

  private report(session: Session, reading: Reading): void {
    if (this.personality.silent) return;
    this.deliver(
      session,
      () => this.words.reading(session, reading),
      true,
      () => session.acknowledged.readings++,
    );
  }

  private deliver(session: Session, spoken: () => Spoken, expendable: boolean, delivered: (answer: Record<string, unknown>) => void): void {
    const said = (): Spoken => bent(spoken(), this.personality.bends);
    this.queue.add({ action: said().action, payload: () => said().payload, expendable, delivered, lost: () => session.lost++ });
  }

  private mentionStatus(evse: number, state: 'available' | 'occupied' | 'unavailable'): void {
    if (!this.personality.statusless) this.mention(this.words.status(evse, state, new Date()));
  }

  /** Said when online, forgotten otherwise. */
  private mention(spoken: Spoken): void {
    void this.say(spoken).catch(() => undefined);
  }

  private async say({ action, payload }: Spoken): Promise<Record<string, unknown>> {
    if (this.line === null) throw new NoAnswer('offline');
    return this.calling(this.line, action, payload);
  }

  private async calling(line: CallLine, action: string, payload: object): Promise<Record<string, unknown>> {
    try {
      return await line.call(action, payload);
    } catch (error) {
      this.options.observer?.failed?.(action, error instanceof Error ? error : new Error(String(error)));
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
      if (!this.stopping.signal.aborted) await this.pause(backOff * this.options.random.between(0.5, 1.5));
    }
  }

  /** One connection, from dialling to its end; true when it came about. */
  private async connection(): Promise<boolean> {
    const closed = gate();
    const heard: string[] = [];
    try {
      if (this.personality.messageIdsRestart) this.messageCount = 0;
      const { fragments = false, slash = false } = this.personality;
      const wire = await this.options.dial(
        { ...this.options.target, fragments, slash },
        {
          message: (text) => (this.line === null ? heard.push(text) : this.line.receive(text)),
          closed: (code) => {
            this.options.observer?.disconnected?.(code);
            closed.resolve();
          },
        },
      );
      await this.online(wire, closed.promise, heard);
      return true;
    } catch (error) {
      if (error instanceof Refused) {
        this.options.observer?.refused?.(error.status);
        if (error.retryAfterSeconds !== null) await this.pause(error.retryAfterSeconds * 1_000);
      }
      return false;
    }
  }

  private async online(wire: Wire, closed: Promise<void>, heard: readonly string[]): Promise<void> {
    const { answers } = this.personality;
    const line = new CallLine({
      wire,
      timeoutMs: CALL_TIMEOUT_MS,
      nextId: () => this.nextMessageId(),
      obey: (action, payload) =>
        answers === undefined ? obey(this.options.target.protocol, action, payload, this.orders) : { error: 'NotImplemented' },
      misshapenErrors: answers === 'misshapen-errors',
      answered: this.options.observer?.answered,
    });
    this.wire = wire;
    this.line = line;
    this.options.observer?.connected?.();
    for (const text of heard) line.receive(text);
    void this.greet(line);
    await closed;
    line.end();
    this.queue.through(null);
    this.ready = gate();
    this.wire = this.line = null;
  }

  private async greet(line: CallLine): Promise<void> {
    try {
      if (this.personality.hasty && !this.booted) await this.calling(line, 'Heartbeat', {}).catch(() => undefined);
      while (!this.booted || this.personality.bootsAlways) {
        const { action, payload } = bent(this.words.boot('PowerUp'), this.personality.bends);
        const answer = await this.calling(line, action, payload);
        this.booted = this.words.accepted(answer);
        if (this.booted) break;
        await this.pause(Math.max(1, Number(answer['interval'] ?? 1)) * 1_000);
        if (this.line !== line) return;
      }
      const { action, payload } = this.words.status(1, 'available', new Date());
      if (!this.personality.statusless) await this.calling(line, action, payload);
      if (this.stopping.signal.aborted) return;
      this.queue.through((name, body) => this.calling(line, name, body));
      this.ready.resolve();
    } catch (error) {
      if (!(error instanceof NoAnswer) && !(error instanceof CallError)) throw error;
      if (this.line === line) this.wire?.close(); // it greets again with the next connection
    }
  }

  private readonly orders: Orders = {
    remoteStart: (idToken, evse) => {
      void this.charge({ idToken, evse, seconds: 10, readEverySeconds: 2 });
      return true;
    },
    remoteStop: (transactionId) => {
      const stop = this.remoteStops.get(transactionId);
      stop?.();
      return stop !== undefined;
    },
    reset: () => {
      this.booted = false;
      setTimeout(() => this.wire?.close(), 100);
    },
    trigger: (message) => {
      if (message === 'StatusNotification') this.mentionStatus(1, 'available');
      else if (message === 'BootNotification') this.mention(this.words.boot('PowerUp'));
      else if (message === 'Heartbeat') this.mention({ action: 'Heartbeat', payload: {} });
      else return false;
      return true;
    },
    setAvailable: (available) => this.mentionStatus(1, available ? 'available' : 'unavailable'),
    setVariable: (name, value) => void this.variables.set(name, value),
    variable: (name) => this.variables.get(name),
    variables: () => [...this.variables].map(([name, value]) => ({ name, value })),
  };

  private cutsWithin(seconds: number): number[] {
    return Array.from(
      { length: this.personality.cuts ?? 0 },
      () => Date.now() + this.options.random.between(0.1, 0.9) * seconds * 1_000,
    ).sort((one, other) => one - other);
  }

  /** Frames that belong to nothing, and what is not about the session. */
  private makeNoise(session: Session, reading: Reading): void {
    const { noise = [], aside } = this.personality;
    const frame = noise[reading.seqNo % noise.length];
    if (frame !== undefined) this.wire?.send(frame);
    this.sayBeside(aside, session, reading);
  }

  private sayBeside(names: readonly AsideName[] | undefined, session: Session, reading: Reading): void {
    for (const spoken of asides(names, this.options.target.protocol, session, reading)) this.mention(spoken);
  }

  private nextMessageId(): string {
    this.messageCount++;
    return this.personality.messageId ?? (this.personality.messageIdsRestart ? String(this.messageCount) : randomUUID());
  }

  private pause(ms: number): Promise<void> {
    return sleep(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}

function gate(): { promise: Promise<void>; resolve(): void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}
