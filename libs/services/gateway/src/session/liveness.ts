import { CONTROL_RATE, FIRST_PING_MS, PING_SPREAD, SILENT_INTERVALS } from '../limits';
import { TokenBucket } from '../admission/token-bucket';

export interface Intervals {
  pingMs: number;
  /** The heartbeat interval that stations are given: even one that never pongs sends a frame that often. */
  heartbeatMs: number;
}

/** Judges whether a station is still there. Any frame counts as a sign of life, because some stations never send a pong. All times are of a monotonic clock. */
export class Liveness {
  private readonly controls;
  /** Random within a spread, so that stations that connected together are not pinged together. */
  private readonly pingAfterMs;
  private readonly goneAfterMs;
  private heardAt;
  private pinged = false;
  /** Whether the station answers pings at all; some that are alive do not (quirk 21). The first ping goes out early, so that this is known when it matters. */
  private pongs: 'untested' | 'tested' | 'yes' = 'untested';

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

  /** Returns false when there are too many control frames. */
  takePong(now: number): boolean {
    this.pongs = 'yes';
    return this.takeControlFrame(now);
  }

  /** Takes a ping or a pong. Returns false when there are too many. */
  takeControlFrame(now: number): boolean {
    this.onFrame(now);
    return this.controls.take(now);
  }

  /** Runs every second. The time before `awakeSince`, in which this process did not listen, does not count as silence. */
  check(now: number, awakeSince: number): 'nothing' | 'ping' | 'gone' {
    const silentMs = now - Math.max(this.heardAt, awakeSince);
    if (silentMs > this.patienceMs) return 'gone';
    if (this.pongs === 'untested' && now - this.openedAt > FIRST_PING_MS) {
      this.pongs = 'tested';
      return 'ping';
    }
    if (this.pinged || silentMs <= this.pingAfterMs) return 'nothing';
    this.pinged = true;
    return 'ping';
  }

  private get patienceMs(): number {
    return this.pongs === 'yes' ? this.goneAfterMs : Math.max(this.goneAfterMs, this.intervals.heartbeatMs * SILENT_INTERVALS);
  }

  silentMs(now: number): number {
    return now - this.heardAt;
  }
}
