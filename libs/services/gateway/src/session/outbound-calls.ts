import { SealedSecretUnreadable, quirkNumber, type CallOutcome, type SealedSecrets } from '@voltbus/contracts';
import { OcppError, checkResponse, encodeCall, encodeResultError, readCode, spellCode, type Frame, type MessageId } from '@voltbus/ocpp';
import { MAX_TIMEOUTS } from '../limits';
import type { GatewayTelemetry } from '../telemetry';
import type { BootWatch } from './boot-watch';
import { CommandQueue, type Command } from './command-queue';
import type { CommandResults } from './command-results';
import type { Connection } from './connection';
import type { RequestedMessages } from './requested-messages';
import { callFor } from './sent-quirks';
import { commandForbidden } from './traffic-rules';

/** The error code of a command that the registration of the station forbids. It is not one of OCPP, because the station never saw the command. */
const NOT_ACCEPTED = 'not-accepted';

/** Actions by which services send stations secrets. */
const MAY_CARRY_SECRETS: ReadonlySet<string> = new Set(['ChangeConfiguration', 'SetVariables', 'SetNetworkProfile']);
const UNREADABLE: CallOutcome = {
  kind: 'error',
  code: 'InternalError',
  description: 'a secret of the command cannot be opened: this gateway has not its key',
  details: {},
};

interface OutboundCallsParts {
  connection: Connection;
  boot: BootWatch;
  requested: RequestedMessages;
  results: CommandResults;
  telemetry: GatewayTelemetry;
  secrets: Pick<SealedSecrets, 'opened'>;
  /** This connection took the command and never sent it: the router may send it down again. */
  onUnsent(commandId: string): void;
}

type Answer = Extract<Frame, { type: 'result' | 'error' | 'result-error' }>;

interface Outstanding {
  command: Command;
  /** Epoch milliseconds. */
  sentAt: number;
  /** Of `performance.now()`. */
  since: number;
  timer: NodeJS.Timeout;
}

/** Our calls to one station: one is outstanding, the others wait by priority. Each command gets exactly one final result. */
export class OutboundCalls {
  private readonly queue = new CommandQueue();
  private outstanding: Outstanding | null = null;
  private timeouts = 0;
  private disconnected = false;
  private held = false;
  /** Until then no call is sent, by `performance.now()` (`pause-between-calls`). */
  private pausedUntil = 0;
  private pause: NodeJS.Timeout | undefined;

  constructor(private readonly parts: OutboundCallsParts) {}

  get hasOutstanding(): boolean {
    return this.outstanding !== null;
  }

  takeCommand(command: Command): void {
    if (this.disconnected) return this.publishResult(command, { kind: 'not-connected' }, null);
    if (!this.queue.push(command)) return this.publishResult(command, { kind: 'busy' }, null);
    this.sendNext();
  }

  /** Sends what waits, if the station may be called and no call is outstanding. */
  sendNext(): void {
    while (this.outstanding === null && !this.disconnected && !this.held && this.parts.boot.mayBeCalled) {
      if (this.queue.length === 0 || this.isPaused()) return;
      const command = this.queue.shift();
      if (command === undefined) return;
      this.sendCommand(command);
    }
  }

  /** From now on no new command is sent; those that wait end `not-connected` with the connection. */
  holdCommands(): void {
    this.held = true;
  }

  expireCommands(now: number): void {
    for (const command of this.queue.takeExpired(now)) this.publishResult(command, { kind: 'expired' }, null);
  }

  handleAnswer(frame: Answer): void {
    const open = this.takeOutstanding(frame.id);
    if (open === null) return;
    const outcome = this.outcomeOf(frame, open.command);
    this.countAnswer(open, outcome.kind === 'answered' ? 'ok' : frame.type === 'result' ? 'invalid' : 'callerror');
    this.publishResult(open.command, outcome, open.sentAt);
    this.sendNext();
  }

  /** The station answered with a frame that cannot be read. */
  handleBrokenAnswer(id: MessageId | undefined, fault: OcppError): void {
    const open = this.takeOutstanding(id);
    if (open === null) return;
    this.countAnswer(open, 'invalid');
    this.publishResult(open.command, this.unusableAnswer(fault), open.sentAt);
    this.sendNext();
  }

  /** A command that was sent may have been carried out; one that waited was not. */
  onDisconnected(): void {
    this.disconnected = true;
    clearTimeout(this.pause);
    const open = this.outstanding;
    if (open !== null) {
      this.clearOutstanding(open);
      this.publishResult(open.command, { kind: 'unknown' }, open.sentAt);
    }
    for (const command of this.queue.takeAll()) this.publishResult(command, { kind: 'not-connected' }, null);
  }

  private sendCommand(queued: Command): void {
    const { connection } = this.parts;
    if (queued.deadline <= performance.now()) return this.publishResult(queued, { kind: 'expired' }, null);
    const reason = commandForbidden(connection.registration, queued.action);
    if (reason !== null) return this.publishResult(queued, { kind: 'error', code: NOT_ACCEPTED, description: reason, details: {} }, null);
    const command = this.withSecrets(queued);
    if (command === null) return this.publishResult(queued, UNREADABLE, null);
    // `payload` passed our own schema, which demands an object.
    const { payload, applied } = callFor(
      { protocol: connection.protocol, action: command.action, payload: command.payload as object },
      connection.quirks,
    );
    for (const quirk of applied) this.parts.telemetry.quirkApplied(quirk);
    if (!connection.send(encodeCall(command.commandId, command.action, payload)))
      return this.publishResult(command, { kind: 'not-connected' }, null);
    const sentAt = Date.now();
    this.outstanding = { command, sentAt, since: performance.now(), timer: setTimeout(() => this.onTimeout(), command.timeoutMs) };
    this.publishResult(command, { kind: 'sent' }, sentAt);
  }

  /** The command as the station gets it; results have it without its secrets, and take them out of the station's answer. Null: they cannot be read. */
  private withSecrets(command: Command): Command | null {
    if (!MAY_CARRY_SECRETS.has(command.action)) return command;
    try {
      return { ...command, payload: this.parts.secrets.opened(this.parts.connection.ref, command.payload) };
    } catch (error) {
      if (error instanceof SealedSecretUnreadable) return null;
      throw error;
    }
  }

  private onTimeout(): void {
    const open = this.outstanding;
    if (open === null) return;
    this.clearOutstanding(open);
    this.timeouts += 1;
    this.countAnswer(open, 'timeout');
    this.publishResult(open.command, { kind: 'unknown' }, open.sentAt);
    if (this.timeouts >= MAX_TIMEOUTS) {
      this.parts.telemetry.stationUnresponsive(this.parts.connection.ref);
      this.parts.connection.close('unresponsive');
    }
    this.sendNext();
  }

  /** Returns the outstanding call with that id, which is outstanding no more; null for an answer that nothing waits for. */
  private takeOutstanding(id: MessageId | undefined): Outstanding | null {
    const open = this.outstanding;
    if (open === null || open.command.commandId !== id) {
      this.parts.telemetry.lateAnswer();
      return null;
    }
    this.clearOutstanding(open);
    this.timeouts = 0;
    return open;
  }

  private clearOutstanding({ timer }: Outstanding): void {
    clearTimeout(timer);
    this.outstanding = null;
    this.pausedUntil = performance.now() + (quirkNumber(this.parts.connection.quirks, 'pause-between-calls') ?? 0);
  }

  /** What waits goes on when the pause is over. */
  private isPaused(): boolean {
    const leftMs = this.pausedUntil - performance.now();
    if (leftMs <= 0) return false;
    this.parts.telemetry.quirkApplied('pause-between-calls');
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.sendNext(), Math.ceil(leftMs));
    return true;
  }

  private countAnswer({ command, since }: Outstanding, result: 'ok' | 'callerror' | 'invalid' | 'timeout'): void {
    const { action, span } = command;
    const ms = performance.now() - since;
    this.parts.telemetry.call({ direction: 'out', protocol: this.parts.connection.protocol, action, result, ms, span });
  }

  private publishResult(command: Command, outcome: CallOutcome, sentAt: number | null): void {
    const { connection, requested, results } = this.parts;
    if (outcome.kind === 'sent') requested.onCallSent(command.commandId, command.action, command.payload, performance.now());
    if (outcome.kind === 'answered') requested.onCallAnswered(command.commandId, outcome.response);
    if (outcome.kind === 'error') requested.onCallRefused(command.commandId);
    if (outcome.kind === 'not-connected') this.parts.onUnsent(command.commandId);
    const { ref, protocol, owner } = connection;
    results.publishResult({ ref, protocol, inst: owner?.inst ?? '', epoch: owner?.epoch ?? 0 }, command, outcome, sentAt);
  }

  private outcomeOf(frame: Answer, { action, commandId }: Command): CallOutcome {
    const { connection } = this.parts;
    const { protocol } = connection;
    if (frame.type !== 'result') {
      const { description, details } = frame;
      return { kind: 'error', code: spellCode(protocol, readCode(frame.code)), description, details: details ?? {} };
    }
    const checked = checkResponse(protocol, action, frame.payload ?? {}, 'inbound');
    if (checked.ok) return { kind: 'answered', response: checked.payload };
    // Only 2.1 has a message for an answer that cannot be used (Part 4, 4.2.4).
    if (protocol === 'ocpp2.1') connection.send(encodeResultError(protocol, commandId, checked.error));
    return this.unusableAnswer(checked.error);
  }

  private unusableAnswer({ code, description }: OcppError): CallOutcome {
    return {
      kind: 'error',
      code: spellCode(this.parts.connection.protocol, code),
      description: `the station's answer cannot be used: ${description}`,
      details: {},
    };
  }
}
