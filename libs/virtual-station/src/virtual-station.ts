import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Protocol } from '@voltbus/contracts';
import { Register, randomCar } from './charging/meter';
import { newSession, readMeter, type Reading, type Session } from './charging/session';
import { TransactionReporter } from './charging/transaction-reporter';
import { isPassword } from './commands/basic-auth-password';
import { commandHandlers } from './commands/command-handlers';
import { DeviceModel } from './commands/device-model';
import { LocalList, localListVariables } from './commands/local-list';
import { LogUpload } from './commands/log-upload';
import { FirmwareUpdate } from './commands/firmware-update';
import { LocalController } from './commands/local-controller';
import { DisplayMessages } from './commands/display-messages';
import { Monitors } from './commands/monitors';
import { StationReservations } from './commands/reservations';
import type { StationControls } from './commands/station-controls';
import { ConnectionManager } from './connection/connection-manager';
import { DeliveryQueue } from './connection/delivery-queue';
import { UnqueuedMessages } from './connection/unqueued-messages';
import { deferred } from './deferred';
import type { MessageBuilder } from './messages/message-builder';
import { ocpp16Messages } from './messages/ocpp16';
import { ocpp2Messages } from './messages/ocpp2';
import { BY_THE_BOOK, type Personality } from './personality/personality';
import { StationSecurity } from './security/station-security';
import type { SessionPlan, StationOptions } from './station-options';

/** About as many messages as small real stations keep; the station loses those beyond. */
const QUEUE_CAPACITY = 100;
/** Before a message that was answered by an error is sent again, times the attempts so far. */
const RETRY_MS = 1_000;
const RETRY_ATTEMPTS = 5;
/** Between two steps of a firmware update. */
const FIRMWARE_STEP_MS = 1_000;
/** A session that was started remotely. */
const REMOTE_SESSION = { seconds: 10, readEverySeconds: 2 };
const LARGEST_FIRST_REGISTER_WH = 5_000_000;

/**
 * A charging station without the hardware, for any CSMS: it boots, reports, charges with a plausible curve, carries out the core commands,
 * delivers its transaction messages across disconnections, and reconnects with back-off and jitter. `sessions` holds the truth.
 */
export class VirtualStation {
  readonly sessions: Session[] = [];
  readonly variables = new Map<string, string>([
    ['HeartbeatInterval', '300'],
    ['MeterValueSampleInterval', '60'],
  ]);
  readonly personality: Personality;
  /** The version that the station speaks, whatever was agreed on. */
  private readonly protocol: Protocol;
  private readonly messages: MessageBuilder;
  private readonly queue: DeliveryQueue;
  private readonly reporter: TransactionReporter;
  private readonly registers = new Map<number, Register>();
  private readonly remoteStops = new Map<string, () => void>();
  private readonly deviceModel: DeviceModel;
  private readonly localList: LocalList;
  private readonly log: LogUpload;
  private readonly firmware: FirmwareUpdate;
  private readonly localController: LocalController | null;
  private readonly reservations: StationReservations;
  private readonly display: DisplayMessages;
  private readonly monitors = new Monitors();
  private readonly security: StationSecurity;
  private readonly connections: ConnectionManager;
  private readonly unqueued: UnqueuedMessages;

  constructor(private readonly options: StationOptions) {
    const personality = (this.personality = { ...(options.personality ?? BY_THE_BOOK) }); // its firmware changes
    const protocol = (this.protocol = personality.speaks16 ? 'ocpp1.6' : options.target.protocol);
    const messages = (this.messages = protocol === 'ocpp1.6' ? ocpp16Messages(personality) : ocpp2Messages(personality));
    const queue = (this.queue = new DeliveryQueue({
      capacity: QUEUE_CAPACITY,
      attempts: RETRY_ATTEMPTS,
      retryMs: RETRY_MS,
      sendCount: personality.sendCount ?? 1,
      pause: (ms) => this.connections.pause(ms),
    }));
    this.reporter = new TransactionReporter(queue, messages, personality);
    this.deviceModel = new DeviceModel(protocol, this.variables, personality.deviceModel);
    for (const [name, value] of localListVariables(protocol, personality.localList)) this.variables.set(name, value);
    this.localList = new LocalList(protocol, this.variables, personality.localList);
    const parts = { protocol, personality, controls: this.controls };
    const security = (this.security = new StationSecurity({
      ...{ target: options.target, protocol, variables: this.variables, password: () => this.password },
      reconnect: () => this.connections.reconnect(),
      send: (message) => this.unqueued.send(message),
    }));
    this.connections = new ConnectionManager({
      ...{ options, personality, messages, queue, network: security.network, tls: () => security.tls() },
      commandHandlers: (socket, reported) => commandHandlers(parts, socket, reported),
    });
    this.display = new DisplayMessages((id) => this.sessions.some((one) => one.transactionId === id && one.endedAt === null));
    this.log = new LogUpload(options.target.identity);
    const { publications } = personality;
    this.localController = publications === undefined ? null : new LocalController(options.target.identity, publications);
    this.firmware = new FirmwareUpdate({
      ...{ habit: personality.firmwareUpdates, stepMs: options.firmwareStepMs ?? FIRMWARE_STEP_MS },
      boot: (version) => {
        if (version !== null) personality.firmwareVersion = version;
        this.controls.reset();
      },
    });
    this.reservations = new StationReservations({
      isCharging: (evse) => this.sessions.some((session) => session.evse === evse && session.endedAt === null),
      onStatus: (evse, state) => this.unqueued.sendStatus(evse, state),
      onExpired: (reservationId) => this.unqueued.sendReservationExpired(reservationId),
    });
    this.unqueued = new UnqueuedMessages(this.connections, messages, protocol, personality);
  }

  get identity(): string {
    return this.options.target.identity;
  }

  /** By which it proves who it is at its next connection. */
  get password(): string | undefined {
    return this.connections.password;
  }

  /** Transaction messages that the CSMS has not yet answered. */
  get undelivered(): number {
    return this.queue.length;
  }

  start(): void {
    this.connections.start();
  }

  /** Resolves when the station is connected, accepted and has reported; each connection has a promise of its own. */
  whenReady(): Promise<void> {
    return this.connections.whenReady();
  }

  /** Delivers the queued messages, for that time at most, and disconnects. */
  async stop(deliverMs: number): Promise<void> {
    this.reservations.forget();
    this.log.forget();
    this.firmware.forget();
    this.localController?.forget();
    await Promise.race([this.queue.whenEmpty(), sleep(deliverMs, undefined, { ref: false })]);
    await this.connections.stop();
  }

  /** Cuts the connection at once and does not reconnect before that time has passed. */
  cut(awayMs: number): void {
    this.connections.cut(awayMs);
  }

  /** Authorizes (when online) and charges. Resolves when the session has ended and its end is queued; null: not authorized. */
  async charge(plan: SessionPlan): Promise<Session | null> {
    const presented = { ...plan, idToken: plan.idToken + (this.personality.tokenSuffix ?? '') };
    if (this.connections.online && !(await this.authorize(presented.idToken))) return null;
    const session = this.begin(presented);
    await this.readUntilEnd(session, plan);
    return this.finish(session);
  }

  /** A station that cannot authorize lets unknown tokens charge, and reports the session later. */
  private async authorize(idToken: string): Promise<boolean> {
    const answer = await this.connections.call(this.messages.authorize(idToken)).catch(() => null);
    return answer === null || this.messages.isAuthorized(answer);
  }

  private begin({ idToken, evse = 1, remoteStartId = null }: SessionPlan): Session {
    const register = this.registers.get(evse) ?? new Register(this.options.random.integer(0, LARGEST_FIRST_REGISTER_WH));
    this.registers.set(evse, register);
    const curve = randomCar(this.options.random);
    const transactionId = this.protocol === 'ocpp1.6' ? null : randomUUID();
    const reservationId = this.reservations.use(idToken, evse);
    const session = newSession({ idToken, evse, remoteStartId, reservationId, transactionId, curve, register }, new Date());
    this.sessions.push(session);
    const reading = readMeter(session, new Date(), 0, 'Transaction.Begin');
    this.reporter.reportStart(session, reading);
    this.unqueued.sendExtra(this.personality.extraAfterStart, session, reading);
    this.unqueued.sendStatus(evse, 'occupied');
    if (this.personality.availableWhileCharging) this.unqueued.sendStatus(evse, 'available');
    return session;
  }

  private async readUntilEnd(session: Session, { seconds, readEverySeconds }: SessionPlan): Promise<void> {
    const cuts = this.cutsWithin(seconds);
    const held: Reading[] = [];
    const end = Date.now() + seconds * 1_000;
    const stopped = deferred();
    this.remoteStops.set(session.transactionId ?? '', stopped.resolve);
    for (let remotely = false; Date.now() < end && !remotely && !this.connections.stopped;) {
      const before = Date.now();
      remotely = await Promise.race([
        this.connections.pause(Math.min(readEverySeconds * 1_000, end - before)).then(() => false),
        stopped.promise.then(() => true),
      ]);
      if (session.transactionId !== null) this.remoteStops.set(session.transactionId, stopped.resolve);
      const reading = readMeter(session, new Date(), (Date.now() - before) / 1_000, 'Sample.Periodic');
      if (this.personality.readsBackwards) held.unshift(reading);
      else this.reporter.reportReading(session, reading);
      this.unqueued.sendStrayFrame(reading);
      this.unqueued.sendExtra(this.personality.extraPerReading, session, reading);
      if (cuts.length > 0 && Date.now() > (cuts[0] ?? 0)) this.cut(cuts.shift() === undefined ? 0 : (this.personality.awayMs ?? 0));
    }
    for (const reading of held) this.reporter.reportReading(session, reading);
  }

  private finish(session: Session): Session {
    const reading = readMeter(session, new Date(), 0, 'Transaction.End');
    session.endedAt = reading.at;
    session.endWh = reading.wh;
    this.reporter.reportEnd(session, reading);
    this.unqueued.sendExtra(this.personality.extraAfterEnd, session, reading);
    this.unqueued.sendStatus(session.evse, 'available');
    if (session.transactionId !== null) this.remoteStops.delete(session.transactionId);
    return session;
  }

  private readonly controls: StationControls = {
    remoteStart: (idToken, evse, remoteStartId) => {
      if (!this.personality.forgetsRemoteStarts) void this.charge({ idToken, evse, remoteStartId, ...REMOTE_SESSION });
      return true;
    },
    remoteStop: (transactionId) => {
      const stop = this.remoteStops.get(transactionId);
      stop?.();
      return stop !== undefined;
    },
    reset: () => {
      this.reservations.forget();
      this.log.forget();
      this.firmware.forget();
      this.localController?.forget();
      this.monitors.forget();
      this.deviceModel.boot();
      this.security.network.boot();
      this.connections.restart();
    },
    trigger: (action) => this.security.requestCertificate(action) || this.unqueued.sendTriggered(action),
    setPassword: (password) => {
      if (!isPassword(this.protocol, password)) return false;
      this.connections.usePassword(password);
      return true;
    },
    installCertificate: (chain, kind) => this.security.installCertificate(chain, kind),
    roots: () => this.security.roots,
    removeRoot: (hash) => this.security.removeRoot(hash),
    network: () => this.security.network,
    raiseSecurityProfile: (profile) => this.security.raise(profile),
    setAvailable: (available) => this.unqueued.sendStatus(1, available ? 'available' : 'unavailable'),
    deviceModel: () => this.deviceModel,
    variable: (name) => (this.security.tellNetwork(), this.variables.get(name)),
    variables: () => [...this.variables].map(([name, value]) => ({ name, value })),
    reservations: () => this.reservations,
    display: () => this.display,
    monitors: () => this.monitors,
    isOf21: () => this.protocol === 'ocpp2.1',
    log: () => this.log,
    firmware: () => this.firmware,
    localController: () => this.localController,
    localList: () => this.localList,
    personality: () => this.personality,
    sendMessages: (action, payloads) => this.unqueued.sendMessages(action, payloads),
    sendReport: (action, parts) => this.unqueued.sendReport(action, parts),
  };

  /** The instants at which the station loses its connection. */
  private cutsWithin(seconds: number): number[] {
    const instant = (): number => Date.now() + this.options.random.between(0.1, 0.9) * seconds * 1_000;
    return Array.from({ length: this.personality.cuts ?? 0 }, instant).sort((one, other) => one - other);
  }
}
