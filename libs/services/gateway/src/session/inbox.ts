import { TokenBucket } from '../admission/token-bucket';
import { FRAME_UNIT_BYTES, MAX_WAITING_BYTES, MAX_WAITING_FRAMES, MESSAGE_RATE } from '../limits';
import type { GatewayTelemetry } from '../telemetry';
import type { Connection } from './connection';
import type { FrameReader } from './frame-reader';

interface WaitingFrame {
  bytes: Buffer;
  isBinary: boolean;
}

interface InboxParts {
  connection: Pick<Connection, 'open' | 'close'>;
  reader: Pick<FrameReader, 'readFrame'>;
  telemetry: Pick<GatewayTelemetry, 'frameRejected' | 'frameSlowed'>;
}

/**
 * The frames of a station that were not read yet. They wait until the connection has its epoch, and until the message rate allows them. A station that
 * replays the queue of a week offline has one message on its way at a time: it is slowed down and loses nothing. One that does not wait for answers
 * overflows the inbox and is disconnected.
 */
export class Inbox {
  private readonly rate = new TokenBucket(MESSAGE_RATE, performance.now());
  private waiting: WaitingFrame[] = [];
  private waitingBytes = 0;
  private nextRead: NodeJS.Timeout | undefined;
  private state: 'shut' | 'open' | 'over' = 'shut';

  constructor(private readonly parts: InboxParts) {}

  get empty(): boolean {
    return this.waiting.length === 0;
  }

  takeFrame(bytes: Buffer, isBinary: boolean): void {
    if (this.state === 'over') return;
    if (this.state === 'open' && this.waiting.length === 0 && this.rate.take(performance.now(), costOf(bytes)))
      return this.parts.reader.readFrame(bytes, isBinary);
    if (this.waiting.length >= MAX_WAITING_FRAMES || this.waitingBytes + bytes.length > MAX_WAITING_BYTES) return this.rejectFlood();
    this.waiting.push({ bytes, isBinary });
    this.waitingBytes += bytes.length;
    this.readWaiting();
  }

  /** The connection has its epoch: from now on frames are read. */
  open(): void {
    if (this.state === 'shut') this.state = 'open';
    this.readWaiting();
  }

  /** From now on nothing is read; frames that wait are dropped. */
  end(): void {
    this.state = 'over';
    clearTimeout(this.nextRead);
    this.waiting = [];
    this.waitingBytes = 0;
  }

  /** Disconnects a station that sends more than it may. */
  rejectFlood(): void {
    this.parts.telemetry.frameRejected('rate');
    this.parts.connection.close('flooding');
  }

  private readWaiting(): void {
    if (this.state !== 'open' || this.nextRead !== undefined) return;
    for (let next = this.waiting[0]; next !== undefined; next = this.waiting[0]) {
      if (!this.parts.connection.open) return; // reading a frame may close the connection
      const now = performance.now();
      if (!this.rate.take(now, costOf(next.bytes))) return this.readLater(this.rate.waitMs(now, costOf(next.bytes)));
      this.waiting.shift();
      this.waitingBytes -= next.bytes.length;
      this.parts.reader.readFrame(next.bytes, next.isBinary);
    }
  }

  private readLater(ms: number): void {
    this.parts.telemetry.frameSlowed();
    this.nextRead = setTimeout(() => {
      this.nextRead = undefined;
      this.readWaiting();
    }, ms);
  }
}

/** A long message costs as much as the short ones it is as long as. */
function costOf({ length }: Buffer): number {
  return 1 + Math.floor(length / FRAME_UNIT_BYTES);
}
