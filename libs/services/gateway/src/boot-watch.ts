import type { Registration } from '@voltbus/contracts';
import { OWED_BOOT_MS, QUIET_MS } from './limits';

export const BOOT = 'BootNotification';

export interface BootsBefore {
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

  constructor({ registration, bootUnanswered }: BootsBefore, openedAt: number) {
    const known = registration !== 'unknown';
    this.owedSince = !known || bootUnanswered ? openedAt : null;
    this.wordFrees = known;
    this.callableAtLast = openedAt + QUIET_MS.most;
    this.callableAt = openedAt + (known ? QUIET_MS.known : QUIET_MS.unknown);
  }

  get mayBeCalled(): boolean {
    return this.callable;
  }

  /** It has never booted, or its last boot was not answered. */
  get owed(): boolean {
    return this.owedSince !== null;
  }

  /** It boots. */
  boots(now: number): void {
    this.owedSince = now;
    this.triggered = false;
    this.wait(false, now + QUIET_MS.booting);
  }

  /** Its boot was answered. True: it may be called from now on. One that is not accepted may not report: what comes next is ours to say (B02). */
  booted(registration: Registration, now: number): boolean {
    this.owedSince = null;
    if (registration !== 'accepted') return this.free();
    this.wait(true, now + QUIET_MS.booted);
    return false;
  }

  /** It has said something else, and has its answer. True: it may be called from now on. */
  talked(): boolean {
    return this.wordFrees && this.free();
  }

  /** Looked at every second. True: it may be called from now on. */
  look(now: number): boolean {
    return now >= this.callableAt && this.free();
  }

  /** What the boot that it owes asks for. `awakeSince`: before that we did not listen. */
  due(now: number, awakeSince: number): 'nothing' | 'trigger' | 'give-up' {
    if (this.owedSince === null) return 'nothing';
    const owedMs = now - Math.max(this.owedSince, awakeSince);
    if (owedMs > OWED_BOOT_MS.untilClosed) return 'give-up';
    if (this.triggered || owedMs <= OWED_BOOT_MS.untilTriggered) return 'nothing';
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
