import type { Bus } from '@voltbus/bus';
import { STATION_CHANGES, stationKey, type StationRef } from '@voltbus/contracts';

/** Changes that the bus has not taken yet. Beyond, what changes is not told: those who look see it, those who listen learn of the next change. */
const MAX_WAITING = 1_000;

export interface StationChangesParts {
  bus: Pick<Bus, 'publish'>;
  notPublished: (error: unknown) => void;
  maxWaiting?: number;
}

/** Tells whoever shows stations that one of them is not as it was. Nobody waits for it, and nothing rests on it: it says only where to look. */
export class StationChanges {
  /** On their way. */
  private readonly leaving = new Set<string>();
  /** Changed again meanwhile. */
  private readonly again = new Map<string, StationRef>();

  constructor(private readonly parts: StationChangesParts) {}

  /** After they are stored. */
  publish(stations: readonly StationRef[]): void {
    for (const station of stations) this.publishOne(station);
  }

  private publishOne(station: StationRef): void {
    const key = stationKey(station);
    if (this.leaving.has(key)) this.again.set(key, station);
    else if (this.leaving.size >= (this.parts.maxWaiting ?? MAX_WAITING)) this.parts.notPublished(null);
    else void this.send(key, station);
  }

  private async send(key: string, { tenant, station }: StationRef): Promise<void> {
    this.leaving.add(key);
    try {
      await this.parts.bus.publish(STATION_CHANGES, { key, value: Buffer.from(JSON.stringify({ tenant, station })) });
    } catch (error) {
      this.parts.notPublished(error);
    }
    this.leaving.delete(key);
    const changed = this.again.get(key);
    this.again.delete(key);
    if (changed !== undefined) this.publishOne(changed);
  }
}
