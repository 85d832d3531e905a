import type { Bus } from '@voltbus/bus';
import { STATION_CHANGES, stationKey, type StationRef } from '@voltbus/contracts';

/** Changes that the bus has not taken yet. Beyond, a change is not published: the API shows it, subscribers learn of the station's next change. */
const MAX_WAITING = 1_000;

interface StationChangesParts {
  bus: Pick<Bus, 'publish'>;
  notPublished: (error: unknown) => void;
  maxWaiting?: number;
}

/**
 * Publishes that a station has changed. The event is best effort and only names the station: consumers read it again.
 */
export class StationChanges {
  /** Keys of changes that are being published. */
  private readonly inFlight = new Set<string>();
  /** Stations that changed again meanwhile. */
  private readonly again = new Map<string, StationRef>();

  constructor(private readonly parts: StationChangesParts) {}

  /** Call it after the changes are stored. */
  publish(stations: readonly StationRef[]): void {
    for (const station of stations) this.publishOne(station);
  }

  private publishOne(station: StationRef): void {
    const key = stationKey(station);
    if (this.inFlight.has(key)) this.again.set(key, station);
    else if (this.inFlight.size >= (this.parts.maxWaiting ?? MAX_WAITING)) this.parts.notPublished(null);
    else void this.send(key, station);
  }

  private async send(key: string, { tenant, station }: StationRef): Promise<void> {
    this.inFlight.add(key);
    try {
      await this.parts.bus.publish(STATION_CHANGES, { key, value: Buffer.from(JSON.stringify({ tenant, station })) });
    } catch (error) {
      this.parts.notPublished(error);
    }
    this.inFlight.delete(key);
    const changed = this.again.get(key);
    this.again.delete(key);
    if (changed !== undefined) this.publishOne(changed);
  }
}
