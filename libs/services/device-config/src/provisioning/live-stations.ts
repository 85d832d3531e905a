import type { ListRows, ListSlice, ListSource, ListTotal, Position } from '@voltbus/database';
import type { StationPresence, StoredStation } from './domain/station';
import type { LiveFilters, StationFilters, StationSort, StoredFilters } from './store/typeorm-station-list';

/** Stations that one request looks at in search of those that pass the live filters. A page that would need more ends early, with a cursor. */
const MAX_LOOKED_AT = 10_000;
/** Stations that are read at once. */
const BATCH = 500;
/** Stations whose connection alone is looked at at once, at most: a few bytes each. */
const PRESENCE_BATCH = 2_500;
/** The first look is at so many times the stations of a page, each further one at so many times more: where most pass, the first is enough. */
const GROWTH = 4;

interface Row<S> {
  station: S;
  position: Position;
}

interface LiveStationsParts {
  /** Rows of the stored stations as they are now. */
  rows(slice: ListSlice<StoredFilters, StationSort>): Promise<Row<StoredStation>[]>;
  /** The same rows, with their connections alone. */
  presenceRows(slice: ListSlice<StoredFilters, StationSort>): Promise<Row<StationPresence>[]>;
  /** These stations, with these connections; those that are gone meanwhile are missing. */
  stationsWith(presences: readonly StationPresence[]): Promise<ReadonlyMap<string, StoredStation>>;
  count(filters: StoredFilters, most: number): Promise<ListTotal>;
  maxLookedAt?: number;
}

type Search = Omit<ListSlice<StationFilters, StationSort>, 'limit'>;
/** What was found in one batch. `end`: too many were looked at, and others may follow behind it. */
interface Batch<S> {
  found: Row<S>[];
  end: Position | null;
}

/**
 * A list of stations, filtered by the database and then by what the stations are now, which no database knows. A filter by connection reads the connections
 * alone, and whole stations only where they pass: most of a fleet is online, and `online=false` looks at all of it.
 */
export class LiveStations implements ListSource<StoredStation, StationFilters, StationSort> {
  constructor(private readonly parts: LiveStationsParts) {}

  async read({ limit, ...search }: ListSlice<StationFilters, StationSort>): Promise<ListRows<StoredStation>> {
    const found: Row<StoredStation>[] = [];
    let end: Position | null = null;
    for await (const batch of this.matching(search, limit + 1)) {
      found.push(...batch.found);
      if (found.length > limit)
        return { items: found.slice(0, limit).map(({ station }) => station), next: found[limit - 1]?.position ?? null };
      end = batch.end;
    }
    return { items: found.map(({ station }) => station), next: end };
  }

  async count(filters: StationFilters, most: number): Promise<ListTotal> {
    if (!isLive(filters)) return this.parts.count(filters, most);
    const everything: Search = { filters, sort: { by: 'station', descending: false }, after: null };
    let total = 0;
    for await (const { found, end } of filters.status === undefined ? this.connected(everything) : this.matching(everything, BATCH)) {
      total += found.length;
      if (total > most) return { total: most, totalIsLowerBound: true };
      if (end !== null) return { total, totalIsLowerBound: true };
    }
    return { total, totalIsLowerBound: false };
  }

  /** The stations that pass, in order, about `wanted` at once. */
  private async *matching(search: Search, wanted: number): AsyncGenerator<Batch<StoredStation>> {
    const { filters } = search;
    const passing = (row: Row<StoredStation>) => hasStatus(row.station, filters);
    if (!isByConnection(filters)) {
      const size = isLive(filters) ? Math.max(BATCH, wanted) : wanted;
      for await (const { found, end } of this.batches(search, [size, size], (slice) => this.parts.rows(slice)))
        yield { found: found.filter(passing), end };
      return;
    }
    for await (const { found, end } of this.connected(search, wanted * GROWTH)) {
      for (let from = 0; from < found.length; from += wanted) {
        const some = found.slice(from, from + wanted);
        const stations = await this.parts.stationsWith(some.map(({ station }) => station));
        const rows = some.flatMap(({ station: { station: name }, position }) => {
          const station = stations.get(name);
          return station === undefined ? [] : [{ station, position }];
        });
        yield { found: rows.filter(passing), end: null };
      }
      if (end !== null) yield { found: [], end };
    }
  }

  /** The connections that pass, in the order of the stations. */
  private async *connected(search: Search, first = PRESENCE_BATCH): AsyncGenerator<Batch<StationPresence>> {
    const sizes = [Math.min(first, PRESENCE_BATCH), PRESENCE_BATCH] as const;
    for await (const { found, end } of this.batches(search, sizes, (slice) => this.parts.presenceRows(slice)))
      yield { found: found.filter(({ station }) => hasConnection(station, search.filters)), end };
  }

  private async *batches<S>(
    search: Search,
    [first, largest]: readonly [first: number, largest: number],
    read: (slice: ListSlice<StoredFilters, StationSort>) => Promise<Row<S>[]>,
  ): AsyncGenerator<Batch<S>> {
    const most = this.parts.maxLookedAt ?? MAX_LOOKED_AT;
    let { after } = search;
    for (let looked = 0, size = first; looked < most; size = Math.min(size * GROWTH, largest)) {
      const limit = Math.min(size, most - looked);
      const rows = await read({ ...search, limit: limit + 1, after });
      const found = rows.slice(0, limit);
      looked += found.length;
      after = found.at(-1)?.position ?? after;
      const more = rows.length > limit;
      yield { found, end: more && looked >= most ? after : null };
      if (!more) return;
    }
  }
}

function isByConnection({ online, protocol }: LiveFilters): boolean {
  return online !== undefined || protocol !== undefined;
}

function isLive(filters: LiveFilters): boolean {
  return isByConnection(filters) || filters.status !== undefined;
}

function hasConnection(station: StationPresence, { online, protocol }: LiveFilters): boolean {
  return (
    (online === undefined || station.online === online) &&
    (protocol === undefined || (station.protocol !== null && protocol.includes(station.protocol)))
  );
}

function hasStatus({ connectors }: StoredStation, { status }: LiveFilters): boolean {
  return status === undefined || connectors.some((connector) => status.includes(connector.status));
}
