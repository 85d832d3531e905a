import type { Registration } from '@voltbus/contracts';
import { QUIET_MS } from './limits';

export const BOOT = 'BootNotification';

/**
 * When a station that has just connected may be called: when it is through with its boot, for some drop the connection when they are called before
 * (quirk 6). A station boots after a start of its own, not with each connection: one that has booted before and says something else is not going to, and
 * of one that says nothing that is assumed soon. Milliseconds of a clock that nobody sets.
 */
export class BootWatch {
  private callable = false;
  private callableAt: number;
  private readonly callableAtLast: number;
  /** A call that is no boot shows that none is to come, or that it is over. */
  private wordFrees: boolean;

  constructor(registration: Registration, openedAt: number) {
    const known = registration !== 'unknown';
    this.wordFrees = known;
    this.callableAtLast = openedAt + QUIET_MS.most;
    this.callableAt = openedAt + (known ? QUIET_MS.known : QUIET_MS.unknown);
  }

  get mayBeCalled(): boolean {
    return this.callable;
  }

  /** It boots. */
  boots(now: number): void {
    this.wait(false, now + QUIET_MS.booting);
  }

  /** Its boot was answered. True: it may be called from now on. One that is not accepted may not report: what comes next is ours to say (B02). */
  booted(registration: Registration, now: number): boolean {
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
