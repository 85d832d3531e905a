import type { Protocol, StationRef } from '@voltbus/contracts';
import { answerBroken, faultError, knowsFrameType, parseFrame, peek, type BrokenFrame } from '@voltbus/ocpp';
import { BOOT_NOTIFICATION } from './boot-watch';
import type { FrameTap } from '../message-log/message-log';
import type { GatewayTelemetry } from '../telemetry';
import { MAX_STRIKES } from '../limits';
import type { OutboundCalls } from './outbound-calls';
import type { InboundCalls } from './inbound-calls';

export interface FrameReaderParts {
  ref: StationRef;
  protocol: Protocol;
  calls: InboundCalls;
  ours: OutboundCalls;
  telemetry: GatewayTelemetry;
  /** Copies what is said; null: nobody wants to see it. */
  frames: FrameTap | null;
  /** The station asks for its boot's answer. */
  boots(frame: Buffer): void;
  say(text: string): boolean;
  /** Too many frames in a row cannot be used. */
  unreadable(): void;
}

const NO_FRAME: BrokenFrame = { type: 'broken', fault: 'not-a-frame' };

/** Reads what a station says, frame by frame: its calls, its answers to ours, and what cannot be used, which counts against it. */
export class FrameReader {
  private strikes = 0;

  constructor(private readonly parts: FrameReaderParts) {}

  read(bytes: Buffer, isBinary: boolean): void {
    if (isBinary) return this.broken(NO_FRAME, 'binary');
    this.parts.frames?.heard(bytes);
    const peeked = peek(bytes);
    if (peeked.type === 'broken') return this.broken(peeked, peeked.fault);
    if (!knowsFrameType(this.parts.protocol, peeked.type))
      return this.broken({ type: 'broken', fault: 'unknown-type', of: peeked.type, id: peeked.id }, 'unknown-type');
    if (peeked.type !== 'call' && peeked.type !== 'send') return this.answer(bytes);
    this.strikes = 0;
    if (peeked.type === 'send') return this.parts.calls.send(peeked, bytes);
    if (peeked.action === BOOT_NOTIFICATION) this.parts.boots(bytes);
    this.parts.calls.call(peeked, bytes);
  }

  private answer(bytes: Buffer): void {
    const { ref, ours, telemetry } = this.parts;
    const frame = parseFrame(bytes);
    if (frame.type === 'broken') return this.broken(frame, frame.fault);
    this.strikes = 0;
    if (frame.type === 'result' || frame.type === 'error') ours.answer(frame);
    else if (frame.type === 'result-error') telemetry.unusedAnswer(ref, frame.code); // about an answer of ours, never about a call
  }

  /** A frame that cannot be used: answered as the version says, and counted against the station. */
  private broken(frame: BrokenFrame, reason: string): void {
    this.parts.telemetry.frameRejected(reason);
    if (frame.of === 'result' || frame.of === 'error') this.parts.ours.broken(frame.id, faultError(frame.fault));
    const answer = answerBroken(this.parts.protocol, frame);
    if (answer !== undefined) this.parts.say(answer);
    this.strikes += 1;
    if (this.strikes >= MAX_STRIKES) this.parts.unreadable();
  }
}
