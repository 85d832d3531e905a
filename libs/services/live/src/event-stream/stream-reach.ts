import { stationsOf, type Caller, type StationGroups } from '@voltbus/http';
import { REACH_EVERY_MS } from './limits';

/** The stations that a stream of a caller shows that is limited to station groups. They are read again now and then, since stations change their groups. */
export class StreamReach {
  private readAt: number;
  private reading = false;

  private constructor(
    private readonly groups: StationGroups | null,
    private readonly caller: Pick<Caller, 'tenant' | 'stationGroups'>,
    private stations: ReadonlySet<string>,
    now: number,
  ) {
    this.readAt = now;
  }

  /** Null: the caller is of the whole tenant, and sees every station. */
  static async of(groups: StationGroups | null, caller: Pick<Caller, 'tenant' | 'stationGroups'>): Promise<StreamReach | null> {
    if (caller.stationGroups === null) return null;
    return new StreamReach(groups, caller, new Set(await stationsOf(groups, caller)), performance.now());
  }

  sees(station: string): boolean {
    return this.stations.has(station);
  }

  /** Reads the stations again where that was last done `REACH_EVERY_MS` ago. Rejects with `limited-to-station-groups` where they have become too many. */
  async refresh(now: number): Promise<void> {
    if (this.reading || now - this.readAt < REACH_EVERY_MS) return;
    this.reading = true;
    try {
      this.stations = new Set(await stationsOf(this.groups, this.caller));
      this.readAt = now;
    } finally {
      this.reading = false;
    }
  }
}
