import type { StationRef } from '@voltbus/contracts';
import { TypeormList, filteredBy, type ListSource } from '@voltbus/database';
import type { DataSource } from 'typeorm';
import type { HistoryEntry, HistoryPlace, HistoryReport } from '../domain/history-entry';
import {
  STATUS_HISTORY_LIST,
  type StatusHistoryFilters,
  type StatusHistoryRow,
  type StatusHistorySort,
} from './typeorm-status-history-list';

/** A report and its place in the history. */
export interface NewEntry extends HistoryReport {
  confirmedAt: number;
  superseded: boolean;
  /** Epoch milliseconds; null: it holds. */
  replacedAt: number | null;
}

const SAME_PLACE = `h.tenant = p.tenant AND h.station = p.station AND h.evse = p.evse AND h.connector = p.connector AND h.kind = p.kind
  AND h.component = p.component`;
const PLACES = `json_to_recordset($1::json) AS p(place integer, tenant text, station text, evse integer, connector integer, kind text, component text`;

const LATEST = `
SELECT p.place, l.* FROM ${PLACES}) CROSS JOIN LATERAL (
  SELECT status, error_code AS "errorCode", vendor_error_code AS "vendorErrorCode", vendor_id AS "vendorId", info,
    (extract(epoch FROM at) * 1000)::float8 AS at, (extract(epoch FROM confirmed_at) * 1000)::float8 AS "confirmedAt", epoch::float8 AS epoch
  FROM device_config.status_history h WHERE ${SAME_PLACE} AND NOT superseded AND replaced_at IS NULL ORDER BY at DESC, number DESC LIMIT 1) AS l`;

const ADD = `
INSERT INTO device_config.status_history (tenant, id, station, evse, connector, kind, component, status, error_code, vendor_error_code, vendor_id, info, at,
  received_at, station_time, confirmed_at, replaced_at, superseded, epoch)
SELECT p.tenant, p.id, p.station, p.evse, p.connector, p.kind, p.component, p.status, p."errorCode", p."vendorErrorCode", p."vendorId", p.info, p.at,
  p."receivedAt", p."stationTime", p."confirmedAt", p."replacedAt", p.superseded, p.epoch
FROM ${PLACES}, id uuid, status text, "errorCode" text, "vendorErrorCode" text, "vendorId" text, info text, at timestamptz, "receivedAt" timestamptz,
  "stationTime" timestamptz, "confirmedAt" timestamptz, "replacedAt" timestamptz, superseded boolean, epoch bigint)
JOIN device_config.stations s ON s.tenant = p.tenant AND s.station = p.station
ORDER BY p.place ON CONFLICT DO NOTHING`;

/** What held at these places until now, up to the given instant, is confirmed, and replaced where that is told. */
const END = `
UPDATE device_config.status_history h SET confirmed_at = greatest(h.confirmed_at, p."confirmedAt"),
  epoch = greatest(h.epoch, p.epoch), replaced_at = coalesce(p."replacedAt", h.replaced_at)
FROM ${PLACES}, at timestamptz, "confirmedAt" timestamptz, "replacedAt" timestamptz, epoch bigint)
WHERE ${SAME_PLACE} AND h.at <= p.at AND h.replaced_at IS NULL AND NOT h.superseded`;

/** Moves the ends of the entries that held. */
export interface HeldUntil extends HistoryPlace {
  /** The beginning of the last of them. */
  at: number;
  confirmedAt: number;
  /** Of the connection that brought the last of them. */
  epoch: number;
  replacedAt: number | null;
}

/** The history of states. */
export class TypeormStatusHistory {
  private readonly listed: TypeormList<StatusHistoryRow, StatusHistoryFilters, StatusHistorySort>;

  constructor(private readonly dataSource: DataSource) {
    this.listed = new TypeormList(dataSource, STATUS_HISTORY_LIST);
  }

  /** The entry that holds at each place, in the order of the places; null: there is none. One that came late may be newer, and has ended. */
  async latest(places: readonly HistoryPlace[]): Promise<(HistoryEntry | null)[]> {
    const rows: (HistoryEntry & { place: number })[] = await this.dataSource.query(LATEST, [numbered(places)]);
    const byPlace = new Map(rows.map(({ place, ...entry }) => [place, entry]));
    return places.map((_, place) => byPlace.get(place) ?? null);
  }

  /** Drops entries of unknown stations, which were deleted meanwhile, and entries that are there already. */
  async write(entries: readonly NewEntry[], held: readonly HeldUntil[]): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      if (held.length > 0) await manager.query(END, [numbered(held)]);
      if (entries.length > 0) await manager.query(ADD, [numbered(entries)]);
    });
  }

  list({ tenant, station }: StationRef): ListSource<StatusHistoryRow, Omit<StatusHistoryFilters, 'station'>, StatusHistorySort> {
    return filteredBy(this.listed.of(tenant), { station });
  }
}

const TIMES: ReadonlySet<string> = new Set(['at', 'receivedAt', 'stationTime', 'confirmedAt', 'replacedAt']);

/** As JSON, with their places in the list and with times as Postgres reads them. */
function numbered(rows: readonly object[]): string {
  const written = (name: string, value: unknown) => (TIMES.has(name) && typeof value === 'number' ? new Date(value) : value);
  return JSON.stringify(
    rows.map((row, place) => ({ place, ...Object.fromEntries(Object.entries(row).map(([name, value]) => [name, written(name, value)])) })),
  );
}
