import { LANES, META_HEADER, packUplink, type AckPolicy, type CallOutcome } from '@voltbus/contracts';
import type { Bus } from '@voltbus/bus';
import { parseFrame, type OcppError } from '@voltbus/ocpp';
import type { Command } from './command-queue';
import { FrameReader } from './frame-reader';
import type { FrameTap } from '../message-log/message-log';
import type { GatewayTelemetry } from '../telemetry';
import { Inbox } from './inbox';
import { mayNotBeAsked } from './initiative';
import { isActionOf16 } from './protocol-mismatch';
import type { Speaker } from './outbound-calls';
import type { Session } from './session';
import type { CommandResults } from './command-results';
import type { Listener, Uplink } from './inbound-calls';

/** What a session's two directions need beside it. */
export interface SidesParts {
  policy: AckPolicy;
  bus: Bus;
  settlements: CommandResults;
  telemetry: GatewayTelemetry;
  /** Copies what is said; null: nobody wants to see it. */
  frames: FrameTap | null;
  /** A command that this connection took, and never sent. */
  unsent(commandId: string): void;
}

/** What the station's calls need of their session. */
export function listenerOf(session: Session, { policy, bus, telemetry }: SidesParts): Listener {
  const { ref, protocol } = session;
  return {
    protocol,
    policy,
    get registration() {
      return session.registration;
    },
    get busAvailable() {
      return bus.available;
    },
    say: (text: string) => session.say(text),
    publish: (uplink: Uplink) => publish(bus, session, uplink),
    flooded: () => session.close('flooding', 'more calls at once than are answered'),
    unackable: () => session.close('unackable'),
    unknown: (action: string) => {
      if (isActionOf16(protocol, action)) session.misspeaks(action);
    },
    invalid: (action: string, error: OcppError) => telemetry.invalid(ref, protocol, action, error),
    answered: (action: string, result: string, ms: number) => {
      telemetry.call('in', protocol, action, result, ms);
      session.answered(action);
    },
    lateReply: () => telemetry.lateReply(),
    wasAskedFor: (frame: Buffer) => wasAskedFor(session, frame),
    droppedSend: (action: string) => telemetry.droppedSend(action),
    repeatedId: (action: string) => telemetry.repeatedId(action),
  };
}

/** Of an accepted station it makes no difference. */
function wasAskedFor({ registration, askedFor }: Session, frame: Buffer): boolean {
  if (registration === 'accepted') return false;
  const parsed = parseFrame(frame);
  return parsed.type === 'call' && askedFor.takeRequested(parsed.action, parsed.payload, performance.now());
}

/** What our calls need of their session. */
export function speakerOf(session: Session, { settlements, telemetry, unsent }: SidesParts): Speaker {
  const { ref, protocol } = session;
  return {
    protocol,
    get mayCall() {
      return session.mayBeCalled;
    },
    mayNotBeAsked: (action: string) => mayNotBeAsked(session.registration, action),
    say: (text: string) => session.say(text),
    settle: (command: Command, outcome: CallOutcome, sentAt: number | null) => {
      if (outcome.kind === 'sent') session.askedFor.onCallSent(command.commandId, command.action, command.payload, performance.now());
      if (outcome.kind === 'answered') session.askedFor.onCallAnswered(command.commandId, outcome.response);
      if (outcome.kind === 'error') session.askedFor.onCallRefused(command.commandId);
      if (outcome.kind === 'not-connected') unsent(command.commandId);
      const { inst = '', epoch = 0 } = session.owner ?? {};
      settlements.publishResult({ ref, protocol, inst, epoch }, command, outcome, sentAt);
    },
    unresponsive: () => {
      telemetry.unresponsive(ref);
      session.close('unresponsive');
    },
    lateAnswer: () => telemetry.lateAnswer(),
    answered: (action: string, result: string, ms: number) => telemetry.call('out', protocol, action, result, ms),
  };
}

/** Where the station's frames wait, and who reads them. */
export function inboxOf(session: Session, { frames, telemetry }: SidesParts): Inbox {
  const { ref, inboundCalls: calls, outboundCalls: ours, protocol } = session;
  const reader = new FrameReader({
    ref,
    protocol,
    calls,
    ours,
    telemetry,
    frames,
    boots: (frame) => session.boots(frame),
    say: (text) => session.say(text),
    unreadable: () => session.close('unreadable'),
  });
  return new Inbox({
    read: (bytes, isBinary) => reader.read(bytes, isBinary),
    overflows: () => session.floods(),
    slowed: () => telemetry.slowed(),
  });
}

function publish(bus: Bus, session: Session, { lane, action, messageId, ack, checked, answerBy, frame, asked }: Uplink): Promise<void> {
  const { key, protocol, registration, owner: standing } = session;
  if (standing === null) return Promise.reject(new Error('a message before the connection has its epoch'));
  const { inst, bucket, epoch } = standing;
  const header = packUplink({
    protocol,
    action,
    messageId,
    ack,
    returnTo: { inst, bucket, epoch },
    registration,
    checked,
    receivedAt: Date.now(),
    answerBy,
    ...(asked ? { asked } : {}),
  });
  return bus.publish(LANES[lane], { key, value: frame, headers: { [META_HEADER]: header } });
}
