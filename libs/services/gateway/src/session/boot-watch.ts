import type { Registration } from '@voltbus/contracts';
import { CALL_HOLD_OFF_MS, MISSING_BOOT_MS } from '../limits';

export const BOOT_NOTIFICATION = 'BootNotification';

/** What is known about the boots of a station when it connects. */
export interface BootHistory {
  registration: Registration;
  /** The last connection of the station ended with a boot that was not answered. */
  bootUnanswered: boolean;
  /** Time after a connection and a boot in which the station must not be called in any case, milliseconds (`slow-to-be-called`). Absent: 0. */
  quietMs?: () => number;
}

/**
 * Follows the boot of a station on one connection, for two quirks. Some stations drop the connection when they are called before their boot is over
 * (quirk 6), so commands are held off until then. Some do not repeat a boot that was not answered (quirk 87), so a missing boot is requested.
 * A station boots after a restart, not with each connection: after another message no boot of a known station is to be expected.
 * All times are milliseconds of a monotonic clock.
 */
export class BootWatch {
  private callable = false;
  private callableAt: number;
  private readonly callableAtLatest: number;
  private readonly quietMs: () => number;
  private quietUntil: number;
  /** The answer to another call than a boot ends the hold-off: no boot is to come, or it is over. */
  private endsWithCall: boolean;

  /** Null when no boot is missing. */
  private missingSince: number | null;
  private triggered = false;

  constructor({ registration, bootUnanswered, quietMs = () => 0 }: BootHistory, openedAt: number) {
    const known = registration !== 'unknown';
    this.missingSince = !known || bootUnanswered ? openedAt : null;
    this.endsWithCall = known;
    this.callableAtLatest = openedAt + CALL_HOLD_OFF_MS.most;
    this.quietMs = quietMs;
    this.quietUntil = Math.min(openedAt + quietMs(), this.callableAtLatest);
    this.callableAt = openedAt + (known ? CALL_HOLD_OFF_MS.known : CALL_HOLD_OFF_MS.unknown);
  }

  get mayBeCalled(): boolean {
    return this.callable;
  }

  /** The station never booted, or its last boot was not answered. */
  get bootMissing(): boolean {
    return this.missingSince !== null;
  }

  onBootReceived(now: number): void {
    this.missingSince = now;
    this.triggered = false;
    this.holdOff(false, now + CALL_HOLD_OFF_MS.booting);
  }

  /**
   * Returns true when the station may be called from now on. A station that was not accepted is called at once, because it may not report by itself:
   * what comes next is our turn (B02).
   */
  onBootAnswered(registration: Registration, now: number): boolean {
    this.missingSince = null;
    this.quietUntil = Math.min(now + this.quietMs(), this.callableAtLatest);
    if (registration !== 'accepted') return this.endHoldOff(now);
    this.holdOff(true, now + CALL_HOLD_OFF_MS.booted);
    return false;
  }

  /** A call that is no boot was answered. Returns true when the station may be called from now on. */
  onCallAnswered(now: number): boolean {
    return this.endsWithCall && this.endHoldOff(now);
  }

  /** Runs every second. Returns true when the station may be called from now on. */
  checkHoldOff(now: number): boolean {
    return now >= this.callableAt && this.endHoldOff(now);
  }

  /** Runs every second. The time before `awakeSince`, in which this process did not run, does not count. */
  checkMissingBoot(now: number, awakeSince: number): 'nothing' | 'trigger' | 'give-up' {
    if (this.missingSince === null) return 'nothing';
    const missingMs = now - Math.max(this.missingSince, awakeSince);
    if (missingMs > MISSING_BOOT_MS.untilClosed) return 'give-up';
    if (this.triggered || missingMs <= MISSING_BOOT_MS.untilTriggered) return 'nothing';
    this.triggered = true;
    return 'trigger';
  }

  private holdOff(endsWithCall: boolean, until: number): void {
    this.endsWithCall = endsWithCall;
    this.callableAt = Math.min(until, this.callableAtLatest);
  }

  private endHoldOff(now: number): boolean {
    if (this.callable) return false;
    if (now < this.quietUntil) {
      this.callableAt = this.quietUntil;
      return false;
    }
    this.callable = true;
    return true;
  }
}
