import { randomInt } from 'node:crypto';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { FRAMES, packFrame, type StationRef } from '@voltbus/contracts';
import type { Bus } from '@voltbus/bus';
import { DropOldestBuffer, withTimeout } from '@voltbus/flow';
import { TokenBucket } from '../admission/token-bucket';
import { FrameCopies, type RawFrame } from './frame-copies';
import {
  COPY_RATE,
  GATHER_MS,
  LAST_COPIES_MS,
  MAX_RECORD_BYTES,
  MAX_RECORD_FRAMES,
  MAX_WAITING_BYTES,
  MAX_WAITING_FRAMES,
  PUBLISH_MS,
} from './message-log-limits';
import type { MessageLogTelemetry } from './telemetry';

export interface MessageLogParts {
  bus: Bus;
  telemetry: Pick<MessageLogTelemetry, 'framesCopied' | 'framesNotCopied' | 'defect'>;
}

interface WaitingFrame extends RawFrame {
  copies: FrameCopies;
}

/**
 * Copies the frames of both directions to `csms.internal.frames.v1`. A frame on its way costs a place in the write buffer; everything else is done later, for
 * many frames at once. Copies are best effort: the buffer is bounded, drops its oldest frames and counts them.
 */
export class MessageLog {
  private readonly waiting: DropOldestBuffer<WaitingFrame>;
  private running: Promise<void> | null = null;
  /** Begins at random, so that copies that two gateways make in one instant have two numbers. */
  private seq = randomInt(2 ** 47);

  constructor(private readonly parts: MessageLogParts) {
    this.waiting = new DropOldestBuffer({
      maxItems: MAX_WAITING_FRAMES,
      maxSize: MAX_WAITING_BYTES,
      sizeOf: ({ frame }) => frame.length,
      onDropped: ({ length }) => parts.telemetry.framesNotCopied('full', length),
    });
  }

  openConnectionLog(ref: StationRef): ConnectionLog {
    return new ConnectionLog(ref, this, this.parts.telemetry);
  }

  /** Publishes the frames that wait, unless that takes too long. */
  async stop(): Promise<void> {
    await withTimeout(this.running ?? this.publishWaiting(), LAST_COPIES_MS, () => undefined);
  }

  bufferFrame(frame: WaitingFrame): void {
    this.waiting.push(frame);
    this.running ??= this.gather();
  }

  private async gather(): Promise<void> {
    await pause(GATHER_MS, undefined, { ref: false });
    await this.publishWaiting();
  }

  private async publishWaiting(): Promise<void> {
    while (this.waiting.length > 0) {
      await this.publishBatch(this.waiting.take(MAX_RECORD_FRAMES, MAX_RECORD_BYTES));
      await nextTurn(); // the sockets of stations come first
    }
    this.running = null;
  }

  private async publishBatch(batch: readonly WaitingFrame[]): Promise<void> {
    const value = this.encodeBatch(batch);
    if (value === null) return this.parts.telemetry.framesNotCopied('defect', batch.length);
    try {
      // Any partition will do, because readers put copies in order by their time.
      await this.parts.bus.publish(FRAMES, { key: String(this.seq), value }, { timeoutMs: PUBLISH_MS });
      this.parts.telemetry.framesCopied(batch.length);
    } catch {
      this.parts.telemetry.framesNotCopied('bus', batch.length); // the cause is in the bus's own metrics
    }
  }

  /** Returns null for a defect of ours, which must not stop the copies that follow. */
  private encodeBatch(batch: readonly WaitingFrame[]): Buffer | null {
    try {
      return Buffer.from(batch.map((frame) => packFrame(frame.copies.copyFrame(frame, this.seq++))).join(''));
    } catch (error) {
      this.parts.telemetry.defect(error);
      return null;
    }
  }
}

/** Logs the frames of one connection, at its own rate. Never waits and never throws. */
export class ConnectionLog {
  private readonly copies: FrameCopies;
  private readonly rate = new TokenBucket(COPY_RATE, performance.now());

  constructor(
    ref: StationRef,
    private readonly log: MessageLog,
    private readonly telemetry: MessageLogParts['telemetry'],
  ) {
    this.copies = new FrameCopies(ref);
  }

  logInbound(frame: Buffer): void {
    this.logFrame('in', frame);
  }

  logOutbound(frame: string): void {
    this.logFrame('out', frame);
  }

  private logFrame(direction: 'in' | 'out', frame: Buffer | string): void {
    const since = performance.now();
    if (this.rate.take(since)) this.log.bufferFrame({ copies: this.copies, direction, frame, at: Date.now(), since });
    else this.telemetry.framesNotCopied('rate', 1);
  }
}
