import type { Bus } from '@voltbus/bus';
import { TICK_MS } from '../limits';
import type { GatewayTelemetry } from '../telemetry';
import type { Ownership } from './ownership';
import type { Sessions } from './sessions';

/** A process that did not run for so long was paused or starved. */
const PAUSED_MS = 5 * TICK_MS;

interface SessionWatchParts {
  bus: Bus;
  sessions: Sessions;
  ownership: Ownership;
  telemetry: GatewayTelemetry;
}

/** Ticks every session once a second, and acts for all of them when the process was paused or the bus is away. */
export class SessionWatch {
  private ticking: NodeJS.Timeout | undefined;
  private tickedAt = performance.now();
  private awakeSince = performance.now();

  constructor(private readonly parts: SessionWatchParts) {
    parts.bus.onAvailability((available) => {
      if (!available) this.closeUnackable();
    });
  }

  start(): void {
    this.ticking = setInterval(() => this.tick(), TICK_MS);
  }

  stop(): void {
    clearInterval(this.ticking);
  }

  private tick(): void {
    const now = performance.now();
    if (now - this.tickedAt > PAUSED_MS) this.onProcessPaused(now);
    this.tickedAt = now;
    for (const session of this.parts.sessions.all()) session.tick(now, this.awakeSince);
  }

  /** Nobody listened while the process was paused, so silence does not count; but other gateways may hold our stations by now. */
  private onProcessPaused(now: number): void {
    this.parts.telemetry.processPaused(now - this.tickedAt);
    this.awakeSince = now;
    void this.parts.ownership.assertAll();
  }

  /** An offline station keeps its transaction messages; one that waits for an answer that cannot come may give them up. */
  private closeUnackable(): void {
    for (const session of this.parts.sessions.all()) if (session.inboundCalls.holdsTransactional) session.close('unackable');
  }
}
