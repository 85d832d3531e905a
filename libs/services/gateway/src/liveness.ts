import { CONTROL_RATE, PING_SPREAD, SILENT_INTERVALS } from './limits';
import { TokenBucket } from './token-bucket';

/** Whether a station is there: any frame of it says so, not only a pong (some never send one). By a clock that nobody sets. */
export class Liveness {
  private readonly controls;
  /** Stations that came together are not pinged together. */
  private readonly pingAfterMs;
  private readonly goneAfterMs;
  private heardAt;
  private pinged = false;

  constructor(pingMs: number, now: number) {
    this.controls = new TokenBucket(CONTROL_RATE, now);
    this.pingAfterMs = pingMs * (1 - Math.random() * PING_SPREAD);
    this.goneAfterMs = pingMs * SILENT_INTERVALS;
    this.heardAt = now;
  }

  heard(now: number): void {
    this.heardAt = now;
    this.pinged = false;
  }

  /** A ping or pong. False: too many of them. */
  control(now: number): boolean {
    this.heard(now);
    return this.controls.take(now);
  }

  /** What its silence asks for. `awakeSince`: before that we did not listen, and silence does not count. */
  look(now: number, awakeSince: number): 'nothing' | 'ping' | 'gone' {
    const silentMs = now - Math.max(this.heardAt, awakeSince);
    if (silentMs > this.goneAfterMs) return 'gone';
    if (this.pinged || silentMs <= this.pingAfterMs) return 'nothing';
    this.pinged = true;
    return 'ping';
  }

  /** Milliseconds. */
  silence(now: number): number {
    return now - this.heardAt;
  }
}
