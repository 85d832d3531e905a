import { CONTROL_RATE, FIRST_PING_MS, PING_SPREAD, SILENT_INTERVALS } from '../limits';
import { TokenBucket } from '../admission/token-bucket';

export interface Intervals {
  pingMs: number;
  /** What stations are told: one that does not pong is heard of so often at least. */
  heartbeatMs: number;
}

/** Whether a station is there: any frame of it says so, not only a pong (some never send one). By a clock that nobody sets. */
export class Liveness {
  private readonly controls;
  /** Stations that came together are not pinged together. */
  private readonly pingAfterMs;
  private readonly goneAfterMs;
  private heardAt;
  private pinged = false;
  /** Whether it answers pings at all: some do not, and are there all the same (quirk 21). Asked soon, so that it is known when it matters. */
  private pongs: 'unasked' | 'asked' | 'yes' = 'unasked';

  constructor(
    private readonly intervals: Intervals,
    private readonly openedAt: number,
  ) {
    this.controls = new TokenBucket(CONTROL_RATE, openedAt);
    this.pingAfterMs = intervals.pingMs * (1 - Math.random() * PING_SPREAD);
    this.goneAfterMs = intervals.pingMs * SILENT_INTERVALS;
    this.heardAt = openedAt;
  }

  onFrame(now: number): void {
    this.heardAt = now;
    this.pinged = false;
  }

  takePong(now: number): boolean {
    this.pongs = 'yes';
    return this.takeControlFrame(now);
  }

  /** A ping or pong. False: too many of them. */
  takeControlFrame(now: number): boolean {
    this.onFrame(now);
    return this.controls.take(now);
  }

  /** What its silence asks for. `awakeSince`: before that we did not listen, and silence does not count. */
  check(now: number, awakeSince: number): 'nothing' | 'ping' | 'gone' {
    const silentMs = now - Math.max(this.heardAt, awakeSince);
    if (silentMs > this.patienceMs) return 'gone';
    if (this.pongs === 'unasked' && now - this.openedAt > FIRST_PING_MS) {
      this.pongs = 'asked';
      return 'ping';
    }
    if (this.pinged || silentMs <= this.pingAfterMs) return 'nothing';
    this.pinged = true;
    return 'ping';
  }

  private get patienceMs(): number {
    return this.pongs === 'yes' ? this.goneAfterMs : Math.max(this.goneAfterMs, this.intervals.heartbeatMs * SILENT_INTERVALS);
  }

  /** Milliseconds. */
  silentMs(now: number): number {
    return now - this.heardAt;
  }
}
