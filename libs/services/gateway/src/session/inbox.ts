import { FRAME_UNIT_BYTES, MAX_WAITING_BYTES, MAX_WAITING_FRAMES, MESSAGE_RATE } from '../limits';
import { TokenBucket } from '../admission/token-bucket';

interface Frame {
  bytes: Buffer;
  isBinary: boolean;
}

/** Who looks at what a station says, in its order. */
export interface Reader {
  read(bytes: Buffer, isBinary: boolean): void;
  /** It says more than it may, and does not wait. */
  overflows(): void;
  /** It says more than it may; what it says now has to wait. */
  slowed(): void;
}

/**
 * What a station has said and nobody has looked at: it waits until the connection has its epoch, and until its turn comes. A station that replays the
 * queue of a week offline has one message on its way at a time: it is slowed down and loses nothing. Who does not wait for answers overflows.
 */
export class Inbox {
  private readonly rate = new TokenBucket(MESSAGE_RATE, performance.now());
  private waiting: Frame[] = [];
  private waitingBytes = 0;
  private turn: NodeJS.Timeout | undefined;
  private state: 'shut' | 'open' | 'over' = 'shut';

  constructor(private readonly reader: Reader) {}

  get empty(): boolean {
    return this.waiting.length === 0;
  }

  take(bytes: Buffer, isBinary: boolean): void {
    if (this.state === 'over') return;
    if (this.state === 'open' && this.waiting.length === 0 && this.rate.take(performance.now(), costOf(bytes)))
      return this.reader.read(bytes, isBinary);
    if (this.waiting.length >= MAX_WAITING_FRAMES || this.waitingBytes + bytes.length > MAX_WAITING_BYTES) return this.reader.overflows();
    this.waiting.push({ bytes, isBinary });
    this.waitingBytes += bytes.length;
    this.readOn();
  }

  /** The connection has its epoch. */
  open(): void {
    if (this.state === 'shut') this.state = 'open';
    this.readOn();
  }

  /** Nobody looks at it any more. */
  end(): void {
    this.state = 'over';
    clearTimeout(this.turn);
    this.waiting = [];
    this.waitingBytes = 0;
  }

  private readOn(): void {
    if (this.state !== 'open' || this.turn !== undefined) return;
    for (let next = this.waiting[0]; next !== undefined; next = this.waiting[0]) {
      const now = performance.now();
      if (!this.rate.take(now, costOf(next.bytes))) return this.readLater(this.rate.waitMs(now, costOf(next.bytes)));
      this.waiting.shift();
      this.waitingBytes -= next.bytes.length;
      this.reader.read(next.bytes, next.isBinary); // may end the inbox
    }
  }

  private readLater(ms: number): void {
    this.reader.slowed();
    this.turn = setTimeout(() => {
      this.turn = undefined;
      this.readOn();
    }, ms);
  }
}

/** A long message costs what many short ones do. */
function costOf({ length }: Buffer): number {
  return 1 + Math.floor(length / FRAME_UNIT_BYTES);
}
