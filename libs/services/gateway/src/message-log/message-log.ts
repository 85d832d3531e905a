import { randomInt } from 'node:crypto';
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import { FRAMES, packFrame, type StationRef } from '@voltbus/contracts';
import type { Bus } from '@voltbus/bus';
import type { GatewayTelemetry } from '../telemetry';
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

/** Told of the frames of one connection as they come and go. Never waits, never throws. */
export interface FrameTap {
  heard(frame: Buffer): void;
  said(frame: string): void;
}

/** `full`: they came faster than they leave. `rate`: one station's too many. `bus`: it did not take them. `defect`: ours. */
export type CopyFailure = 'full' | 'rate' | 'bus' | 'defect';

export interface MessageLogParts {
  bus: Bus;
  telemetry: Pick<GatewayTelemetry, 'framesCopied' | 'framesNotCopied' | 'defect'>;
}

interface Waiting extends RawFrame {
  of: FrameCopies;
}

/**
 * Copies of what stations and we say, for `csms.frames.v1`. On a frame's way it costs a place in a queue; everything else is done later, for many at
 * once. Best effort: whatever becomes of the bus, the queue is bounded, drops its oldest and counts them.
 */
export class MessageLog {
  private waiting: Waiting[] = [];
  private waitingBytes = 0;
  private running: Promise<void> | null = null;
  /** Begins anywhere, so that two gateways' copies of one instant are two. */
  private seq = randomInt(2 ** 47);

  constructor(private readonly parts: MessageLogParts) {}

  of(ref: StationRef): FrameTap {
    const of = new FrameCopies(ref);
    const rate = new TokenBucket(COPY_RATE, performance.now());
    const take = (direction: 'in' | 'out', frame: Buffer | string) => {
      const since = performance.now();
      if (rate.take(since)) this.take({ of, direction, frame, at: Date.now(), since });
      else this.parts.telemetry.framesNotCopied('rate', 1);
    };
    return { heard: (frame) => take('in', frame), said: (frame) => take('out', frame) };
  }

  /** What waits is still told, if that is quick. */
  async stop(): Promise<void> {
    await Promise.race([this.running ?? this.publish(), pause(LAST_COPIES_MS, undefined, { ref: false })]);
  }

  private take(frame: Waiting): void {
    this.waiting.push(frame);
    this.waitingBytes += frame.frame.length;
    if (this.waiting.length > MAX_WAITING_FRAMES || this.waitingBytes > MAX_WAITING_BYTES) this.dropOldest();
    this.running ??= this.gather();
  }

  /** A tenth at once: what is full stays full for a while, and moving a queue costs its length. */
  private dropOldest(): void {
    const dropped = this.waiting.splice(0, Math.ceil(this.waiting.length / 10));
    this.waitingBytes -= sizeOf(dropped);
    this.parts.telemetry.framesNotCopied('full', dropped.length);
  }

  private async gather(): Promise<void> {
    await pause(GATHER_MS, undefined, { ref: false });
    await this.publish();
  }

  private async publish(): Promise<void> {
    while (this.waiting.length > 0) {
      await this.publishSome(this.next());
      await turn(); // stations first
    }
    this.running = null;
  }

  private next(): Waiting[] {
    let bytes = 0;
    const end = this.waiting.findIndex(({ frame }, index) => index >= MAX_RECORD_FRAMES || (bytes += frame.length) > MAX_RECORD_BYTES);
    const batch = this.waiting.splice(0, end < 0 ? this.waiting.length : Math.max(1, end));
    this.waitingBytes -= sizeOf(batch);
    return batch;
  }

  private async publishSome(batch: readonly Waiting[]): Promise<void> {
    const value = this.recordOf(batch);
    if (value === null) return this.parts.telemetry.framesNotCopied('defect', batch.length);
    try {
      // any partition: copies are put in order by their time
      await this.parts.bus.publish(FRAMES, { key: String(this.seq), value }, { timeoutMs: PUBLISH_MS });
      this.parts.telemetry.framesCopied(batch.length);
    } catch {
      this.parts.telemetry.framesNotCopied('bus', batch.length); // the bus's own metrics say what is wrong with it
    }
  }

  /** Null: something is wrong with us, which must not stop what comes after. */
  private recordOf(batch: readonly Waiting[]): Buffer | null {
    try {
      return Buffer.from(batch.map((frame) => packFrame(frame.of.copy(frame, this.seq++))).join(''));
    } catch (error) {
      this.parts.telemetry.defect(error);
      return null;
    }
  }
}

function sizeOf(frames: readonly Waiting[]): number {
  return frames.reduce((sum, { frame }) => sum + frame.length, 0);
}
