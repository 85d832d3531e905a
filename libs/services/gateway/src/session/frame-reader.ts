import { answerBroken, faultError, knowsFrameType, parseFrame, peek, type BrokenFrame } from '@voltbus/ocpp';
import { MAX_STRIKES } from '../limits';
import type { GatewayTelemetry } from '../telemetry';
import { BOOT_NOTIFICATION } from './boot-watch';
import type { Connection } from './connection';
import type { InboundCalls } from './inbound-calls';
import type { OutboundCalls } from './outbound-calls';

interface FrameReaderParts {
  connection: Connection;
  inboundCalls: InboundCalls;
  outboundCalls: OutboundCalls;
  telemetry: GatewayTelemetry;
  onBoot(frame: Buffer): void;
}

const NO_FRAME: BrokenFrame = { type: 'broken', fault: 'not-a-frame' };

/** Reads the frames of a station: its calls, its answers to our calls, and frames that cannot be used, which count against it. */
export class FrameReader {
  private strikes = 0;

  constructor(private readonly parts: FrameReaderParts) {}

  readFrame(bytes: Buffer, isBinary: boolean): void {
    const { connection, inboundCalls } = this.parts;
    if (isBinary) return this.rejectFrame(NO_FRAME, 'binary');
    connection.messageLog?.logInbound(bytes);
    const peeked = peek(bytes);
    if (peeked.type === 'broken') return this.rejectFrame(peeked, peeked.fault);
    if (!knowsFrameType(connection.protocol, peeked.type))
      return this.rejectFrame({ type: 'broken', fault: 'unknown-type', of: peeked.type, id: peeked.id }, 'unknown-type');
    if (peeked.type !== 'call' && peeked.type !== 'send') return this.readAnswer(bytes);
    this.strikes = 0;
    if (peeked.type === 'send') return inboundCalls.handleSend(peeked, bytes);
    if (peeked.action === BOOT_NOTIFICATION) this.parts.onBoot(bytes);
    inboundCalls.handleCall(peeked, bytes);
  }

  private readAnswer(bytes: Buffer): void {
    const { connection, outboundCalls, telemetry } = this.parts;
    const frame = parseFrame(bytes);
    if (frame.type === 'broken') return this.rejectFrame(frame, frame.fault);
    this.strikes = 0;
    if (frame.type === 'result' || frame.type === 'error') outboundCalls.handleAnswer(frame);
    else if (frame.type === 'result-error') telemetry.unusedAnswer(connection, frame); // refuses an answer of ours, never a call
  }

  /** A frame that cannot be used is answered as the version demands, and is a strike against the station. */
  private rejectFrame(frame: BrokenFrame, reason: string): void {
    const { connection, outboundCalls, telemetry } = this.parts;
    telemetry.frameRejected(reason);
    if (frame.of === 'result' || frame.of === 'error') outboundCalls.handleBrokenAnswer(frame.id, faultError(frame.fault));
    const answer = answerBroken(connection.protocol, frame);
    if (answer !== undefined) connection.send(answer);
    this.strikes += 1;
    if (this.strikes >= MAX_STRIKES) connection.close('unreadable');
  }
}
