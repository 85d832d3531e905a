import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Protocol } from '@voltbus/contracts';
import { asides, type AsideName } from './asides';
import { bent } from './bends';
import { DeliveryQueue } from './delivery-queue';
import { gate } from './gate';
import { powerAt, Register, someCar } from './meter';
import { LineKeeper } from './line-keeper';
import { LocalList, listSettings } from './local-list';
import type { Orders } from './obedience';
import { BY_THE_BOOK, type Personality } from './personality';
import type { Random } from './random';
import type { Reading, Session } from './session';
import type { Spoken, Words } from './words';
import { words16 } from './words16';
import { words2 } from './words2';
import type { Dial, Target } from './wire';

/** A station forgets what does not fit: about what small real stations keep. */
const QUEUE_CAPACITY = 100;
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
  /** Nothing answered at the URL, or nothing that speaks WebSocket. */
  unreachable?(error: Error): void;
}

export interface SessionPlan {
  idToken: string;
  evse?: number;
  /** What RequestStartTransaction called it (2.x); its transaction says so (F02.FR.05). */
  remoteStartId?: number | null;
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
  private readonly tongue: Protocol;
  private readonly words: Words;
  readonly personality: Personality;
  private readonly queue: DeliveryQueue;
  private readonly registers = new Map<number, Register>();
  private readonly remoteStops = new Map<string, () => void>();
  private readonly localList: LocalList;
  private readonly keeper: LineKeeper;

  constructor(private readonly options: StationOptions) {
    this.personality = options.personality ?? BY_THE_BOOK;
    this.tongue = this.personality.speaks16 ? 'ocpp1.6' : options.target.protocol;
    this.words = this.tongue === 'ocpp1.6' ? words16(this.personality) : words2(this.personality);
    this.queue = new DeliveryQueue({
      capacity: QUEUE_CAPACITY,
      attempts: RETRY_ATTEMPTS,
      retryMs: RETRY_MS,
      times: this.personality.times ?? 1,
      pause: (ms) => this.keeper.pause(ms),
    });
    const { tongue } = this;
    for (const [name, value] of listSettings(tongue, this.personality.list)) this.variables.set(name, value);
    this.localList = new LocalList(tongue, this.variables, this.personality.list);
    const { personality, words, queue, orders } = this;
    this.keeper = new LineKeeper({ options, personality, tongue, words, queue, orders });
  }

  get identity(): string {
    return this.options.target.identity;
  }

  /** Messages not yet delivered. */
  get waiting(): number {
    return this.queue.length;
  }

  start(): void {
    this.keeper.start();
  }

  /** Connected, accepted, reported; again after each reconnect. */
  whenReady(): Promise<void> {
    return this.keeper.whenReady();
  }

  /** Delivers what is queued (at most so long), then disconnects. */
  async stop(deliverMs: number): Promise<void> {
    await Promise.race([this.queue.empty(), sleep(deliverMs, undefined, { ref: false })]);
    await this.keeper.stop();
  }

  /** Loses its network at once and stays away so long. */
  cut(awayMs: number): void {
    this.keeper.cut(awayMs);
  }

  /** Authorizes (when online) and charges; resolves when the session has ended and its end is queued. Null: not authorized. */
  async charge(plan: SessionPlan): Promise<Session | null> {
    const presented = { ...plan, idToken: plan.idToken + (this.personality.tokenSuffix ?? '') };
    if (this.keeper.online && !(await this.authorize(presented.idToken))) return null;
    const session = this.begin(presented);
    const cuts = this.cutsWithin(plan.seconds);
    const held: Reading[] = [];
    const end = Date.now() + plan.seconds * 1_000;
    const stopped = gate();
    this.remoteStops.set(session.transactionId ?? '', stopped.resolve);
    for (let remote = false; Date.now() < end && !remote && !this.keeper.stopped;) {
      const before = Date.now();
      remote = await Promise.race([
        this.keeper.pause(Math.min(plan.readEverySeconds * 1_000, end - before)).then(() => false),
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
    const answer = await this.keeper.say(this.words.authorize(idToken)).catch(() => null);
    return answer === null || this.words.authorized(answer); // offline behaviour: unknown tokens charge, and are told later
  }

  private begin({ idToken, evse = 1, remoteStartId = null }: SessionPlan): Session {
    const register = this.registers.get(evse) ?? new Register(this.options.random.integer(0, 5_000_000));
    this.registers.set(evse, register);
    const session: Session = {
      idToken,
      evse,
      remoteStartId,
      register,
      curve: someCar(this.options.random),
      startWh: register.wh,
      startedAt: new Date(),
      endedAt: null,
      endWh: null,
      seqNo: 0,
      transactionId: this.tongue === 'ocpp1.6' ? null : randomUUID(),
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
        this.words.begun(session, answer);
        session.acknowledged.start = true;
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

  private bootAgain(): void {
    if (!this.keeper.greetNow()) this.mention(this.words.boot('PowerUp'));
  }

  /** Said when online, forgotten otherwise. */
  private mention(spoken: Spoken): void {
    void this.keeper.say(spoken).catch(() => undefined);
  }

  private readonly orders: Orders = {
    remoteStart: (idToken, evse, remoteStartId) => {
      if (this.personality.forgetsRemoteStarts) return true;
      void this.charge({ idToken, evse, remoteStartId, seconds: 10, readEverySeconds: 2 });
      return true;
    },
    remoteStop: (transactionId) => {
      const stop = this.remoteStops.get(transactionId);
      stop?.();
      return stop !== undefined;
    },
    reset: () => this.keeper.restart(),
    trigger: (message) => {
      if (message === 'StatusNotification') this.mentionStatus(1, 'available');
      else if (message === 'BootNotification') this.bootAgain();
      else if (message === 'Heartbeat') this.mention({ action: 'Heartbeat', payload: {} });
      else return false;
      return true;
    },
    setAvailable: (available) => this.mentionStatus(1, available ? 'available' : 'unavailable'),
    setVariable: (name, value) => void this.variables.set(name, value),
    variable: (name) => this.variables.get(name),
    variables: () => [...this.variables].map(([name, value]) => ({ name, value })),
    list: () => this.localList,
    habits: () => this.personality,
    tell: (action, payload) => this.mention({ action, payload: { ...payload, generatedAt: new Date().toISOString(), seqNo: 0 } }),
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
    if (frame !== undefined) this.keeper.send(frame);
    this.sayBeside(aside, session, reading);
  }

  private sayBeside(names: readonly AsideName[] | undefined, session: Session, reading: Reading): void {
    for (const spoken of asides(names, this.tongue, session, reading)) this.mention(spoken);
  }
}
