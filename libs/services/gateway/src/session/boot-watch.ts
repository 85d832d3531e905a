import type { Registration } from '@voltbus/contracts';
import { MISSING_BOOT_MS, CALL_HOLD_OFF_MS } from '../limits';

export const BOOT_NOTIFICATION = 'BootNotification';

export interface BootHistory {
  registration: Registration;
  /** Its last connection ended with a boot that was not answered. */
  bootUnanswered: boolean;
}

/**
 * How far a station is with its boot. It may be called when it is through with it, for some drop the connection when they are called before (quirk 6);
 * and some do not say it again when it was not answered (quirk 87). A station boots after a start of its own, not with each connection: one that has
 * booted before and says something else is not going to, and of one that says nothing that is assumed soon. Milliseconds of a clock that nobody sets.
 */
export class BootWatch {
  private callable = false;
  private callableAt: number;
  private readonly callableAtLast: number;
  /** A call that is no boot shows that none is to come, or that it is over. */
  private wordFrees: boolean;

  /** Since then it owes us a boot; null: it does not. */
  private owedSince: number | null;
  private triggered = false;

  constructor({ registration, bootUnanswered }: BootHistory, openedAt: number) {
    const known = registration !== 'unknown';
    this.owedSince = !known || bootUnanswered ? openedAt : null;
    this.wordFrees = known;
    this.callableAtLast = openedAt + CALL_HOLD_OFF_MS.most;
    this.callableAt = openedAt + (known ? CALL_HOLD_OFF_MS.known : CALL_HOLD_OFF_MS.unknown);
  }

  get mayBeCalled(): boolean {
    return this.callable;
  }

  /** It has never booted, or its last boot was not answered. */
  get bootMissing(): boolean {
    return this.owedSince !== null;
  }

  /** It boots. */
  onBootReceived(now: number): void {
    this.owedSince = now;
    this.triggered = false;
    this.wait(false, now + CALL_HOLD_OFF_MS.booting);
  }

  /** Its boot was answered. True: it may be called from now on. One that is not accepted may not report: what comes next is ours to say (B02). */
  onBootAnswered(registration: Registration, now: number): boolean {
    this.owedSince = null;
    if (registration !== 'accepted') return this.free();
    this.wait(true, now + CALL_HOLD_OFF_MS.booted);
    return false;
  }

  /** It has said something else, and has its answer. True: it may be called from now on. */
  onCallAnswered(): boolean {
    return this.wordFrees && this.free();
  }

  /** Looked at every second. True: it may be called from now on. */
  checkHoldOff(now: number): boolean {
    return now >= this.callableAt && this.free();
  }

  /** What the boot that it owes asks for. `awakeSince`: before that we did not listen. */
  checkMissingBoot(now: number, awakeSince: number): 'nothing' | 'trigger' | 'give-up' {
    if (this.owedSince === null) return 'nothing';
    const owedMs = now - Math.max(this.owedSince, awakeSince);
    if (owedMs > MISSING_BOOT_MS.untilClosed) return 'give-up';
    if (this.triggered || owedMs <= MISSING_BOOT_MS.untilTriggered) return 'nothing';
    this.triggered = true;
    return 'trigger';
  }

  private wait(wordFrees: boolean, until: number): void {
    this.wordFrees = wordFrees;
    this.callableAt = Math.min(until, this.callableAtLast);
  }

  private free(): boolean {
    if (this.callable) return false;
    this.callable = true;
    return true;
  }
}
