import type { Bus } from '@voltbus/bus';
import type { Connections } from '@voltbus/connections';
import type { QuirkSettings, StationRef } from '@voltbus/contracts';
import { publishDownlink } from '@voltbus/service';
import type { DeviceConfigTelemetry } from '../telemetry';
import { evictionOfConnected } from './domain/eviction';
import type { Eviction, TypeormEvictions } from './store/typeorm-evictions';

/** Stations handled at once by the sweep. */
const BATCH = 50;
/** A tenant of 100,000 stations is done within this many batches; beyond, the next sweep goes on. */
const MAX_BATCHES = 2_000;

interface EvictionsParts {
  store: TypeormEvictions;
  connections: Connections;
  bus: Bus;
  telemetry: DeviceConfigTelemetry;
  /** What is switched for the station. */
  quirksOf(ref: StationRef): Promise<QuirkSettings>;
}

/**
 * Drops the cached profile of a station that changed, then has the socket's owner close it, or tells it what is switched for the station. An eviction is stored with the change, so that neither a crash
 * nor a registry that is away leaves a blocked station connected; an eviction that is made twice costs a reconnect.
 */
export class Evictions {
  constructor(private readonly parts: EvictionsParts) {}

  /** At once, after a change; what fails is left to the sweep. */
  async of(ref: StationRef): Promise<void> {
    for (const eviction of await this.parts.store.pending(BATCH, ref)) await this.attempt(eviction);
  }

  /**
   * Disconnects stations that have just connected and are not admitted: they were blocked or deleted during their upgrade, or their gateway used a
   * remembered profile while the registry was away.
   */
  async ofUnwelcome(refs: readonly StationRef[]): Promise<void> {
    if (refs.length === 0) return;
    for (const station of await this.parts.store.admissionsOf(refs)) {
      const reason = evictionOfConnected(station);
      if (reason === null) continue;
      await this.parts.store.add(station, reason);
      await this.of(station);
    }
  }

  /** Makes the evictions that were left behind, oldest first; stops at the first batch that does not succeed wholly. */
  async sweep(): Promise<void> {
    for (let batch = 0; batch < MAX_BATCHES; batch++) {
      const pending = await this.parts.store.pending(BATCH, null);
      const done = await Promise.all(pending.map((eviction) => this.attempt(eviction)));
      if (pending.length < BATCH || done.includes(false)) return;
    }
  }

  private async attempt(eviction: Eviction): Promise<boolean> {
    try {
      await this.make(eviction);
    } catch (error) {
      this.parts.telemetry.evictionDelayed(eviction.ref, error);
      return false;
    }
    await this.parts.store.done(eviction);
    return true;
  }

  private async make({ ref, reason }: Eviction): Promise<void> {
    const { connections, bus, telemetry } = this.parts;
    await connections.dropProfile(ref);
    if (reason === null) return;
    const owner = await connections.find(ref);
    if (owner === null) return;
    const { inst, bucket, epoch } = owner;
    if (reason === 'quirks-changed') {
      const quirks = await this.parts.quirksOf(ref);
      return publishDownlink(bus, { ref, bucket }, { kind: 'quirks', inst, epoch, quirks });
    }
    await publishDownlink(bus, { ref, bucket }, { kind: 'evict', inst, epoch, reason });
    telemetry.evicted(ref, reason);
  }
}
