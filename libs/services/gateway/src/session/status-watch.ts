import { quirkNumber, type Protocol, type QuirkSettings } from '@voltbus/contracts';

const STATUS_NOTIFICATION = 'StatusNotification';

/**
 * Watches whether a station of 1.6 reports the states of its connectors after a boot, where it is known to forget it (`asked-for-status-after-boot`). A station
 * of 2.x could be asked for one connector at a time only (F06.FR.12), and nobody here knows which it has. Times are milliseconds of a monotonic clock.
 */
export class StatusWatch {
  private bootedAt: number | null = null;

  constructor(private readonly protocol: Protocol) {}

  onBootAccepted(now: number): void {
    if (this.protocol === 'ocpp1.6') this.bootedAt = now;
  }

  onCall(action: string): void {
    if (action === STATUS_NOTIFICATION) this.bootedAt = null;
  }

  /** Runs every second. Returns true, once after a boot, when the station is to be asked. */
  isDue(now: number, quirks: QuirkSettings): boolean {
    if (this.bootedAt === null) return false;
    const seconds = quirkNumber(quirks, 'asked-for-status-after-boot');
    if (seconds === null || now - this.bootedAt < seconds * 1_000) return false;
    this.bootedAt = null;
    return true;
  }
}
