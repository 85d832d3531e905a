import { BUCKETS } from '@voltbus/contracts';
import type { Bus } from '@voltbus/bus';
import type { Connections, HeldConnection, Lease, Owner } from '@voltbus/connections';
import { publishDownlink } from '@voltbus/service';
import type { ConnectionEvents } from './connection-events';
import type { GatewayTelemetry } from '../telemetry';
import { ASSERT_BATCH, LEASE_RENEWAL_MS } from '../limits';
import type { Session, SessionOwner } from '../session/session';
import type { Sessions } from './sessions';
import { TakeOvers } from './take-overs';

export interface OwnershipParts {
  /** Pod name and random hex, new per process start. */
  inst: string;
  assertSeconds: number;
  bus: Bus;
  connections: Connections;
  sessions: Sessions;
  events: ConnectionEvents;
  telemetry: GatewayTelemetry;
}

const SPREAD = 0.2;

/**
 * Which connections are ours, said to the registry. Newest wins: a connection takes over without asking, and the previous owner is told to evict.
 * While the registry is away sockets go on under epochs of our own, and are registered when it is back.
 */
export class Ownership {
  lease: Lease;
  private readonly takeOvers = new TakeOvers();
  private readonly releasing = new Set<Promise<unknown>>();
  /** Sessions of a station that have no place among ours yet, nor an epoch: how many. */
  private readonly arriving = new Map<string, number>();
  private lastLocalEpoch = 0;
  private renewal: NodeJS.Timeout | undefined;
  private assertion: NodeJS.Timeout | undefined;
  private asserting: Promise<void> | null = null;
  private stopped = false;

  constructor(private readonly parts: OwnershipParts) {
    this.lease = { inst: parts.inst, bucket: Math.floor(Math.random() * BUCKETS) };
    parts.connections.onAvailability((available) => {
      if (available && !this.stopped) void this.reassert();
    });
  }

  /** Takes the bucket that the fewest gateways read; any one while the registry is away (sharing is harmless). */
  async start(): Promise<void> {
    try {
      this.lease = await this.parts.connections.takeBucket(this.parts.inst, BUCKETS);
    } catch (err) {
      this.parts.telemetry.registryAway(err, 'bucket');
    }
    this.renewal = setInterval(() => void this.renew(), LEASE_RENEWAL_MS);
    this.assertLater();
  }

  async acquire(session: Session): Promise<void> {
    const { connections, sessions, telemetry, events } = this.parts;
    this.arrives(session.key, 1);
    const { standing, previous } = await this.standingOf(session);
    session.owner = standing;
    const loser = sessions.setCurrent(session);
    this.arrives(session.key, -1);
    if (loser !== null) loser.close('replaced');
    // Also by one that is gone meanwhile: the registry knows the older one no longer.
    if (previous !== null && previous.inst !== this.parts.inst) this.evict(session, previous);
    if (!session.open) return this.release(session);
    const tookOver = previous !== null || loser !== null;
    telemetry.connected(session, standing, tookOver);
    if (tookOver && this.takeOvers.flapping(session.ref, performance.now())) telemetry.flapping(session, loser?.remoteAddress ?? null);
    events.connected(session, tookOver);
    session.stand(standing);
    if (!standing.registered && connections.available) void this.reassert();
  }

  /** Gives it back, if it is still ours; an end of an old connection changes nothing. */
  release({ ref, owner: standing }: Session): void {
    if (standing === null) return;
    const release = this.parts.connections
      .release(ref, standing.epoch)
      .catch((err: unknown) => this.parts.telemetry.registryAway(err, 'release'));
    this.releasing.add(release);
    void release.finally(() => this.releasing.delete(release));
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.renewal);
    clearTimeout(this.assertion);
    await this.asserting;
    await Promise.all(this.releasing);
    await this.parts.connections.endLease(this.parts.inst).catch((err: unknown) => this.parts.telemetry.registryAway(err, 'lease'));
  }

  private async standingOf({ ref, protocol, lastSeenAt }: Session): Promise<{ standing: SessionOwner; previous: Owner | null }> {
    const { inst, bucket } = this.lease;
    try {
      const { epoch, previous } = await this.parts.connections.acquire(ref, { inst, bucket, protocol, lastSeenAt });
      return { standing: { inst, bucket, epoch, registered: true }, previous };
    } catch (err) {
      this.parts.telemetry.registryAway(err, 'acquire');
      const held = this.parts.sessions.byStation(ref)?.owner?.epoch ?? 0; // by the registry's clock, which may be ahead of ours
      this.lastLocalEpoch = Math.max(this.lastLocalEpoch + 1, held + 1, Date.now() * 1_000);
      return { standing: { inst, bucket, epoch: this.lastLocalEpoch, registered: false }, previous: null };
    }
  }

  private arrives(key: string, change: 1 | -1): void {
    const count = (this.arriving.get(key) ?? 0) + change;
    if (count > 0) this.arriving.set(key, count);
    else this.arriving.delete(key);
  }

  private evict({ ref }: Session, { inst, bucket, epoch }: Owner): void {
    publishDownlink(this.parts.bus, { ref, bucket }, { kind: 'evict', inst, epoch, reason: 'replaced' }).catch((err: unknown) =>
      this.parts.telemetry.unsaid(err, 'evict'),
    );
  }

  /** A registry that has lost the lease was flushed, or its clock jumped: it has lost the owners too. */
  private async renew(): Promise<void> {
    if (!(await this.renewed())) void this.reassert();
  }

  private async renewed(): Promise<boolean> {
    try {
      return await this.parts.connections.renewLease(this.lease);
    } catch (err) {
      this.parts.telemetry.registryAway(err, 'lease');
      return true; // it says when it is back
    }
  }

  private assertLater(): void {
    if (this.stopped) return;
    const delayMs = this.parts.assertSeconds * 1_000 * (1 - SPREAD + Math.random() * 2 * SPREAD);
    this.assertion = setTimeout(() => void this.reassert().finally(() => this.assertLater()), delayMs);
  }

  /** Says all of them again, lease first; what the registry had lost is restored, what somebody else has meanwhile is closed. */
  reassert(): Promise<void> {
    this.asserting ??= this.assertAll().finally(() => (this.asserting = null));
    return this.asserting;
  }

  private async assertAll(): Promise<void> {
    await this.renewed();
    const standing = [...this.parts.sessions.all()].filter((session) => this.stands(session));
    for (let at = 0; at < standing.length; at += ASSERT_BATCH) {
      try {
        await this.assertSome(standing.slice(at, at + ASSERT_BATCH));
      } catch (err) {
        return this.parts.telemetry.registryAway(err, 'assert');
      }
    }
  }

  /**
   * The newest of its station here, and none newer is on its way. The registry may hold a newer epoch under our name, of an acquire whose answer came too
   * late for a busy gateway: only who knows that no connection goes by it may assert the epoch that one does go by.
   */
  private stands({ key, ref, owner: standing }: Session): boolean {
    return standing !== null && this.parts.sessions.byStation(ref)?.owner === standing && !this.arriving.has(key);
  }

  private async assertSome(some: readonly Session[]): Promise<void> {
    const sessions = some.filter((session) => this.stands(session)); // still
    const verdicts = await this.parts.connections.assert(sessions.flatMap(heldBy));
    sessions.forEach((session, index) => {
      if (session.owner === null) return;
      if (!session.open) return this.release(session); // ended meanwhile: it may just have been restored
      if (verdicts[index] !== 'lost') return void (session.owner.registered = true);
      this.parts.telemetry.lost(session.ref);
      session.close('replaced');
    });
  }
}

function heldBy({ ref, protocol, owner: standing, lastSeenAt }: Session): HeldConnection[] {
  if (standing === null) return [];
  const { inst, bucket, epoch } = standing;
  return [{ ref, owner: { inst, bucket, epoch, protocol, lastSeenAt } }];
}
