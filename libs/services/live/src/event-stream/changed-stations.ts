import { stationKey, type StationRef } from '@voltbus/contracts';
import { WakeableLoop } from '@voltbus/flow';
import type { StationsShown } from '@voltbus/http';
import type { EventStreamLimits } from './limits';

interface ChangedStationsOptions {
  stations: StationsShown;
  limits: Pick<EventStreamLimits, 'changedStations'>;
  /** Receives the station as it is now. */
  onStation: (ref: StationRef, json: string) => void;
  /** Receives the tenant of a station that could not be read; the error is null where too many wait. */
  onMissed: (tenant: string, error: unknown) => void;
}

/**
 * Reads stations that have changed, since the event of a change does not contain the station: once for all changes
 * since the last reading.
 */
export class ChangedStations {
  private readonly waiting = new Map<string, StationRef>();
  private readonly reading = new WakeableLoop({ run: () => this.readAll() });

  constructor(private readonly options: ChangedStationsOptions) {}

  add(ref: StationRef): void {
    const key = stationKey(ref);
    if (!this.waiting.has(key) && this.waiting.size >= this.options.limits.changedStations) {
      this.options.onMissed(ref.tenant, null);
      return;
    }
    this.waiting.set(key, ref);
    this.reading.wake();
  }

  /** Drops the stations that wait. */
  stop(): void {
    this.waiting.clear();
  }

  /** One after the other, so that a storm of connections makes one query at a time, and events of one station keep their order. */
  private async readAll(): Promise<void> {
    for (const [key, ref] of this.waiting) {
      this.waiting.delete(key);
      await this.readOne(ref);
    }
  }

  private async readOne(ref: StationRef): Promise<void> {
    try {
      const station = await this.options.stations.find(ref);
      if (station !== null) this.options.onStation(ref, JSON.stringify(station));
    } catch (error) {
      this.options.onMissed(ref.tenant, error);
    }
  }
}
