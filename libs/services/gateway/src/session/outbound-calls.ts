import type { CallOutcome, Protocol } from '@voltbus/contracts';
import { OcppError, checkResponse, encodeCall, encodeResultError, readCode, spellCode, type Frame, type MessageId } from '@voltbus/ocpp';
import { CommandQueue, type Command } from './command-queue';
import { MAX_TIMEOUTS } from '../limits';

/** The error of a command that the station's registration forbids. No word of OCPP: the station never saw it. */
const NOT_ACCEPTED = 'not-accepted';

/** What our calls need of their session. */
export interface Speaker {
  readonly protocol: Protocol;
  /** False while the station is not to be called at all: what is wanted of it waits. */
  readonly mayCall: boolean;
  /** Why the station must not be asked that now; null when it may. */
  mayNotBeAsked(action: string): string | null;
  /** False: the socket is gone, or did not take it. */
  say(text: string): boolean;
  settle(command: Command, outcome: CallOutcome, sentAt: number | null): void;
  /** Too many calls in a row stayed unanswered. */
  unresponsive(): void;
  /** An answer to nothing, or to what was given up. */
  lateAnswer(): void;
  answered(action: string, result: 'ok' | 'callerror' | 'invalid' | 'timeout', ms: number): void;
}

type Answer = Extract<Frame, { type: 'result' | 'error' | 'result-error' }>;

interface Open {
  command: Command;
  /** By the clock; `since` counts from it and is never set back. */
  sentAt: number;
  since: number;
  timer: NodeJS.Timeout;
}

/** Our calls to one station: one outstanding, the rest by priority; each settled exactly once. */
export class OutboundCalls {
  private readonly queue = new CommandQueue();
  private open: Open | null = null;
  private timeouts = 0;
  private ended = false;
  private held = false;

  constructor(private readonly speaker: Speaker) {}

  get outstanding(): boolean {
    return this.open !== null;
  }

  take(command: Command): void {
    if (this.ended) return this.speaker.settle(command, { kind: 'not-connected' }, null);
    if (!this.queue.push(command)) return this.speaker.settle(command, { kind: 'busy' }, null);
    this.next();
  }

  /** The station may be called from now on. */
  begin(): void {
    this.next();
  }

  /** From now on nothing new is sent; what waits is settled at the connection's end. */
  hold(): void {
    this.held = true;
  }

  /** Settles what may not be sent any more. */
  expire(now: number): void {
    for (const command of this.queue.takeExpired(now)) this.speaker.settle(command, { kind: 'expired' }, null);
  }

  answer(frame: Answer): void {
    const { open } = this;
    if (open === null || open.command.commandId !== frame.id) return this.speaker.lateAnswer();
    this.close(open);
    this.timeouts = 0;
    const outcome = this.outcomeOf(frame, open.command);
    this.speaker.answered(
      open.command.action,
      outcome.kind === 'answered' ? 'ok' : frame.type === 'result' ? 'invalid' : 'callerror',
      performance.now() - open.since,
    );
    this.speaker.settle(open.command, outcome, open.sentAt);
    this.next();
  }

  /** The station answered in a way that cannot be read. */
  broken(id: MessageId | undefined, fault: OcppError): void {
    const { open } = this;
    if (open === null || open.command.commandId !== id) return this.speaker.lateAnswer();
    this.close(open);
    this.timeouts = 0;
    this.speaker.answered(open.command.action, 'invalid', performance.now() - open.since);
    this.speaker.settle(open.command, this.errorOf(fault), open.sentAt);
    this.next();
  }

  /** The connection is over: what was sent may have been done, what was not was not. */
  end(): void {
    this.ended = true;
    const { open } = this;
    if (open !== null) {
      this.close(open);
      this.speaker.settle(open.command, { kind: 'unknown' }, open.sentAt);
    }
    for (const command of this.queue.takeAll()) this.speaker.settle(command, { kind: 'not-connected' }, null);
  }

  private next(): void {
    while (this.open === null && !this.ended && !this.held && this.speaker.mayCall) {
      const command = this.queue.shift();
      if (command === undefined) return;
      this.send(command);
    }
  }

  private send(command: Command): void {
    if (command.deadline <= performance.now()) return this.speaker.settle(command, { kind: 'expired' }, null);
    const reason = this.speaker.mayNotBeAsked(command.action);
    if (reason !== null) {
      const outcome = { kind: 'error', code: NOT_ACCEPTED, description: reason, details: {} } as const;
      return this.speaker.settle(command, outcome, null);
    }
    // `payload` came through our own schema check, which wants an object.
    if (!this.speaker.say(encodeCall(command.commandId, command.action, command.payload as object)))
      return this.speaker.settle(command, { kind: 'not-connected' }, null);
    const now = Date.now();
    this.open = { command, sentAt: now, since: performance.now(), timer: setTimeout(() => this.timedOut(), command.timeoutMs) };
    this.speaker.settle(command, { kind: 'sent' }, now);
  }

  private timedOut(): void {
    const { open } = this;
    if (open === null) return;
    this.close(open);
    this.timeouts += 1;
    this.speaker.answered(open.command.action, 'timeout', performance.now() - open.since);
    this.speaker.settle(open.command, { kind: 'unknown' }, open.sentAt);
    if (this.timeouts >= MAX_TIMEOUTS) this.speaker.unresponsive();
    this.next();
  }

  private close({ timer }: Open): void {
    clearTimeout(timer);
    this.open = null;
  }

  private outcomeOf(frame: Answer, { action, commandId }: Command): CallOutcome {
    const { protocol } = this.speaker;
    if (frame.type !== 'result') {
      return {
        kind: 'error',
        code: spellCode(protocol, readCode(frame.code)),
        description: frame.description,
        details: frame.details ?? {},
      };
    }
    const checked = checkResponse(protocol, action, frame.payload ?? {}, 'inbound');
    if (checked.ok) return { kind: 'answered', response: checked.payload };
    if (protocol === 'ocpp2.1') this.speaker.say(encodeResultError(protocol, commandId, checked.error)); // Part 4, 4.2.4: only 2.1 has a word for it
    return this.errorOf(checked.error);
  }

  private errorOf({ code, description }: OcppError): CallOutcome {
    return {
      kind: 'error',
      code: spellCode(this.speaker.protocol, code),
      description: `the station's answer cannot be used: ${description}`,
      details: {},
    };
  }
}
