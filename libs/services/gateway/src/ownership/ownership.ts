import { BUCKETS, type StationRef } from '@voltbus/contracts';
import type { Bus } from '@voltbus/bus';
import type { Connections, HeldConnection, Lease, Owner } from '@voltbus/connections';
import { publishDownlink } from '@voltbus/service';
import { ASSERT_BATCH, LEASE_RENEWAL_MS } from '../limits';
import type { ConnectionOwner } from '../session/connection';
import type { Session } from '../session/session';
import type { GatewayTelemetry } from '../telemetry';
import type { ConnectionEvents } from './connection-events';
import type { Sessions } from './sessions';
import { TakeOvers } from './take-overs';

interface OwnershipParts {
  /** Pod name and random hex, new with each start of the process. */
  inst: string;
  assertSeconds: number;
  bus: Bus;
  connections: Connections;
  sessions: Sessions;
  events: ConnectionEvents;
  telemetry: GatewayTelemetry;
}

const ASSERT_SPREAD = 0.2;

/**
 * Registers our connections in the connection registry. The newest connection wins: it takes over without asking, and the previous owner is told to evict.
 * While the registry is away sockets go on under epochs of our own, which are registered when it is back.
 */
export class Ownership {
  lease: Lease;
  private readonly takeOvers = new TakeOvers();
  private readonly releasing = new Set<Promise<unknown>>();
  /** By station key: how many of its sessions wait for their epoch. */
  private readonly acquiring = new Map<string, number>();
  private lastLocalEpoch = 0;
  private renewal: NodeJS.Timeout | undefined;
  private assertion: NodeJS.Timeout | undefined;
  private asserting: Promise<void> | null = null;
  private stopped = false;

  constructor(private readonly parts: OwnershipParts) {
    this.lease = { inst: parts.inst, bucket: Math.floor(Math.random() * BUCKETS) };
    parts.connections.onAvailability((available) => {
      if (available && !this.stopped) void this.assertAll();
    });
  }

  /** Takes the bucket that the fewest gateways read. While the registry is away any bucket will do, because sharing one is harmless. */
  async start(): Promise<void> {
    try {
      this.lease = await this.parts.connections.takeBucket(this.parts.inst, BUCKETS);
    } catch (err) {
      this.parts.telemetry.registryAway(err, 'bucket');
    }
    this.renewal = setInterval(() => void this.renewLease(), LEASE_RENEWAL_MS);
    this.scheduleAssert();
  }

  async acquire(session: Session): Promise<void> {
    const { connections, sessions, telemetry, events } = this.parts;
    const { connection } = session;
    this.countAcquiring(connection.key, 1);
    const { owner, previous } = await this.acquireOwner(session);
    connection.owner = owner;
    const loser = sessions.setCurrent(session);
    this.countAcquiring(connection.key, -1);
    if (loser !== null) loser.close('replaced');
    // A session that ended meanwhile evicts too, because the registry has forgotten the previous owner.
    if (previous !== null && previous.inst !== this.parts.inst) this.evictFrom(previous, session);
    if (!connection.open) return this.release(session);
    const tookOver = previous !== null || loser !== null;
    telemetry.connected(connection, tookOver);
    if (tookOver && this.takeOvers.countTakeOver(connection.ref, performance.now()))
      telemetry.duplicateIdentity(connection, loser?.connection.remoteAddress ?? null);
    events.publishConnected(connection, tookOver);
    session.startReading();
    if (!owner.registered && connections.available) void this.assertAll();
  }

  /** Removes the session from the registry, unless a newer connection holds the station by now. */
  release({ connection: { ref, owner } }: Session): void {
    if (owner === null) return;
    const release = this.parts.connections
      .release(ref, owner.epoch)
      .catch((err: unknown) => this.parts.telemetry.registryAway(err, 'release'));
    this.releasing.add(release);
    void release.finally(() => this.releasing.delete(release));
  }

  /** Asserts all connections, lease first. What the registry has lost is restored; a connection that has another owner meanwhile is closed. */
  assertAll(): Promise<void> {
    this.asserting ??= this.assertInBatches().finally(() => (this.asserting = null));
    return this.asserting;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.renewal);
    clearTimeout(this.assertion);
    await this.asserting;
    await Promise.all(this.releasing);
    await this.parts.connections.endLease(this.parts.inst).catch((err: unknown) => this.parts.telemetry.registryAway(err, 'lease'));
  }

  private async acquireOwner({ connection, lastSeenAt }: Session): Promise<{ owner: ConnectionOwner; previous: Owner | null }> {
    const { ref, protocol } = connection;
    const { inst, bucket } = this.lease;
    try {
      const { epoch, previous } = await this.parts.connections.acquire(ref, { inst, bucket, protocol, lastSeenAt });
      return { owner: { inst, bucket, epoch, registered: true }, previous };
    } catch (err) {
      this.parts.telemetry.registryAway(err, 'acquire');
      return { owner: { inst, bucket, epoch: this.mintEpoch(ref), registered: false }, previous: null };
    }
  }

  /** Returns an epoch above all of ours, and above the station's last one: that is of the registry's clock, which may be ahead of ours. */
  private mintEpoch(ref: StationRef): number {
    const held = this.parts.sessions.byStation(ref)?.connection.owner?.epoch ?? 0;
    this.lastLocalEpoch = Math.max(this.lastLocalEpoch + 1, held + 1, Date.now() * 1_000);
    return this.lastLocalEpoch;
  }

  private countAcquiring(key: string, change: 1 | -1): void {
    const count = (this.acquiring.get(key) ?? 0) + change;
    if (count > 0) this.acquiring.set(key, count);
    else this.acquiring.delete(key);
  }

  private evictFrom({ inst, bucket, epoch }: Owner, { connection: { ref } }: Session): void {
    publishDownlink(this.parts.bus, { ref, bucket }, { kind: 'evict', inst, epoch, reason: 'replaced' }).catch((err: unknown) =>
      this.parts.telemetry.publishFailed(err, 'evict'),
    );
  }

  /** A registry that has lost the lease was flushed, or its clock jumped: it has lost the owners too. */
  private async renewLease(): Promise<void> {
    if (!(await this.tryRenewLease())) void this.assertAll();
  }

  private async tryRenewLease(): Promise<boolean> {
    try {
      return await this.parts.connections.renewLease(this.lease);
    } catch (err) {
      this.parts.telemetry.registryAway(err, 'lease');
      return true; // all is asserted when the registry is available again
    }
  }

  private scheduleAssert(): void {
    if (this.stopped) return;
    const delayMs = this.parts.assertSeconds * 1_000 * (1 - ASSERT_SPREAD + Math.random() * 2 * ASSERT_SPREAD);
    this.assertion = setTimeout(() => void this.assertAll().finally(() => this.scheduleAssert()), delayMs);
  }

  private async assertInBatches(): Promise<void> {
    await this.tryRenewLease();
    const current = [...this.parts.sessions.all()].filter((session) => this.mayAssert(session));
    for (let at = 0; at < current.length; at += ASSERT_BATCH) {
      try {
        await this.assertBatch(current.slice(at, at + ASSERT_BATCH));
      } catch (err) {
        return this.parts.telemetry.registryAway(err, 'assert');
      }
    }
  }

  /**
   * Only the newest session of a station is asserted, and only while no newer one waits for its epoch: the registry may hold a newer epoch under our name,
   * of an acquire whose answer came too late. Only who knows that no connection goes by that epoch may assert the one that a connection does go by.
   */
  private mayAssert({ connection: { key, ref, owner } }: Session): boolean {
    return owner !== null && this.parts.sessions.byStation(ref)?.connection.owner === owner && !this.acquiring.has(key);
  }

  private async assertBatch(batch: readonly Session[]): Promise<void> {
    const sessions = batch.filter((session) => this.mayAssert(session)); // again: the batches before took time
    const verdicts = await this.parts.connections.assert(sessions.flatMap(heldBy));
    sessions.forEach((session, index) => {
      const { ref, owner, open } = session.connection;
      if (owner === null) return;
      if (!open) return this.release(session); // it ended meanwhile, and may just have been restored
      if (verdicts[index] !== 'lost') return void (owner.registered = true);
      this.parts.telemetry.ownershipLost(ref);
      session.close('replaced');
    });
  }
}

function heldBy({ connection: { ref, protocol, owner }, lastSeenAt }: Session): HeldConnection[] {
  if (owner === null) return [];
  const { inst, bucket, epoch } = owner;
  return [{ ref, owner: { inst, bucket, epoch, protocol, lastSeenAt } }];
}
