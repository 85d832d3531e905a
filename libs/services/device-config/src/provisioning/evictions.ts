import type { Bus } from '@voltbus/bus';
import type { Connections } from '@voltbus/connections';
import type { StationRef } from '@voltbus/contracts';
import { publishDownlink } from '@voltbus/service';
import type { DeviceConfigTelemetry } from '../telemetry';
import type { Eviction, TypeormEvictions } from './store/typeorm-evictions';

/** Stations handled at once by the sweep. */
const BATCH = 50;
/** A tenant of 100,000 stations is done within this many batches; beyond, the next sweep goes on. */
const MAX_BATCHES = 2_000;

export interface EvictionsParts {
  store: TypeormEvictions;
  connections: Connections;
  bus: Bus;
  telemetry: DeviceConfigTelemetry;
}

/**
 * Makes changes of stations felt: drops the cached profile, then tells the socket's owner to close it. The wish is stored with the change, so that
 * neither a crash nor a registry that is away leaves a blocked station connected; done twice, it costs a reconnect.
 */
export class Evictions {
  constructor(private readonly parts: EvictionsParts) {}

  /** At once, after a change; what fails is left to the sweep. */
  async of(ref: StationRef): Promise<void> {
    for (const eviction of await this.parts.store.pending(BATCH, ref)) await this.attempt(eviction);
  }

  /**
   * Of those who have just connected, who should not have: their upgrade was under way while they were blocked or deleted, or their gateway went by what
   * it remembered while the registry was away.
   */
  async ofUnwelcome(refs: readonly StationRef[]): Promise<void> {
    for (const ref of await this.parts.store.addUnwelcome(refs)) await this.of(ref);
  }

  /** What was left behind, oldest first; stops at the first batch that does not succeed wholly. */
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
    await publishDownlink(bus, { ref, bucket }, { kind: 'evict', inst, epoch, reason });
    telemetry.evicted(ref, reason);
  }
}
