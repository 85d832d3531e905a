import { stationKey, type StationRef } from '@voltbus/contracts';
import type { EventLimits } from './event-limits';

/** A station as the API shows it; null: there is none. Given by whoever owns stations. */
export interface StationsShown {
  find(ref: StationRef): Promise<object | null>;
}
export const STATIONS_SHOWN = Symbol('stations-shown');

export interface StationNewsParts {
  stations: StationsShown;
  limits: Pick<EventLimits, 'waitingStations'>;
  /** The station as it is now. */
  tell: (tenant: string, json: string) => void;
  /** It cannot be told. */
  skip: (tenant: string, error: unknown) => void;
}

/** What a connection event does not say is read: the station as it is, once for all that happened to it meanwhile. */
export class StationNews {
  private readonly waiting = new Map<string, StationRef>();
  private reading = false;

  constructor(private readonly parts: StationNewsParts) {}

  changed(ref: StationRef): void {
    const key = stationKey(ref);
    if (!this.waiting.has(key) && this.waiting.size >= this.parts.limits.waitingStations) {
      this.parts.skip(ref.tenant, null);
      return;
    }
    this.waiting.set(key, ref);
    if (!this.reading) void this.read();
  }

  /** Forgets what waits. */
  stop(): void {
    this.waiting.clear();
  }

  /** One after the other: what is told of a station is in the order in which it was read, and a storm of connections asks one thing at a time. */
  private async read(): Promise<void> {
    this.reading = true;
    for (const [key, ref] of this.waiting) {
      this.waiting.delete(key);
      await this.tell(ref);
    }
    this.reading = false;
  }

  private async tell(ref: StationRef): Promise<void> {
    try {
      const station = await this.parts.stations.find(ref);
      if (station !== null) this.parts.tell(ref.tenant, JSON.stringify(station));
    } catch (error) {
      this.parts.skip(ref.tenant, error);
    }
  }
}
