import type { ListRows, ListSlice, ListSource, ListTotal, Position } from '@voltbus/database';
import type { StoredStation } from './domain/station';
import type { LiveFilters, StationFilters, StationSort, StoredFilters } from './store/typeorm-station-list';

/** Stations that one request looks at in search of those that pass the live filters. A page that would need more ends early, with a cursor. */
const MAX_LOOKED_AT = 10_000;
/** Stations that are looked up in the connection registry at once. */
const BATCH = 500;

interface Row {
  station: StoredStation;
  position: Position;
}

interface LiveStationsParts {
  /** Rows of the stored stations as they are now. */
  rows(slice: ListSlice<StoredFilters, StationSort>): Promise<Row[]>;
  count(filters: StoredFilters, most: number): Promise<ListTotal>;
  maxLookedAt?: number;
}

/** A list of stations, filtered by the database and then by what the stations are now, which no database knows. */
export class LiveStations implements ListSource<StoredStation, StationFilters, StationSort> {
  constructor(private readonly parts: LiveStationsParts) {}

  async read(slice: ListSlice<StationFilters, StationSort>): Promise<ListRows<StoredStation>> {
    const found: Row[] = [];
    let end: Position | null = null;
    for await (const row of this.matching(slice, slice.limit)) {
      if (row.station === null) end = row.position;
      else if (found.length === slice.limit) return { items: found.map(({ station }) => station), next: found.at(-1)?.position ?? null };
      else found.push({ station: row.station, position: row.position });
    }
    return { items: found.map(({ station }) => station), next: end };
  }

  async count(filters: StationFilters, most: number): Promise<ListTotal> {
    if (!hasLive(filters)) return this.parts.count(filters, most);
    let total = 0;
    const everything = { filters, sort: { by: 'station', descending: false }, after: null } as const;
    for await (const { station } of this.matching(everything, BATCH)) {
      if (station === null || total === most) return { total, totalIsLowerBound: true };
      total++;
    }
    return { total, totalIsLowerBound: false };
  }

  /** The stations that pass, in order. Where too many were looked at the last one is null, with the position behind which others may follow. */
  private async *matching(
    { filters, sort, after }: Omit<ListSlice<StationFilters, StationSort>, 'limit'>,
    wanted: number,
  ): AsyncGenerator<{ station: StoredStation | null; position: Position }> {
    const most = this.parts.maxLookedAt ?? MAX_LOOKED_AT;
    const batch = hasLive(filters) ? Math.max(BATCH, wanted + 1) : wanted + 1;
    let position = after;
    for (let looked = 0; ;) {
      const limit = Math.min(batch, most - looked);
      const rows = await this.parts.rows({ filters, sort, limit: limit + 1, after: position });
      const some = rows.slice(0, limit);
      for (const row of some) if (passes(row.station, filters)) yield row;
      if (rows.length <= limit) return;
      looked += some.length;
      position = some.at(-1)?.position ?? position;
      if (looked >= most && position !== null) return yield { station: null, position };
    }
  }
}

function hasLive({ online, protocol, status }: LiveFilters): boolean {
  return online !== undefined || protocol !== undefined || status !== undefined;
}

function passes(station: StoredStation, { online, protocol, status }: LiveFilters): boolean {
  return (
    (online === undefined || station.online === online) &&
    (protocol === undefined || (station.protocol !== null && protocol.includes(station.protocol))) &&
    (status === undefined || station.connectors.some((connector) => status.includes(connector.status)))
  );
}
