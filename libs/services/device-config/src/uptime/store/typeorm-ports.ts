import type { StationRef } from '@voltbus/contracts';
import { TypeormList, among, type ListDefinition, type ListSource } from '@voltbus/database';
import type { DataSource } from 'typeorm';
import type { Span } from '../domain/outage-totals';
import type { StatePoint } from '../domain/port-state';

/** An EVSE of a station that reported it. */
export interface Port {
  station: string;
  evse: number;
  evseId: string | null;
  group: string | null;
  timeZone: string | null;
}

export interface PortFilters {
  /** Read by whoever makes the report. */
  month?: string | undefined;
  station?: string[] | undefined;
  group?: string[] | undefined;
}
export type PortSort = 'station';

const PORTS: ListDefinition<PortFilters, PortSort> = {
  columns: 'p.station, p.evse, p.evse_id AS "evseId", p.station_group AS "group", p.zone AS "timeZone"',
  from: `(SELECT s.tenant, s.station, s.station_group, s.station_place ->> 'timeZone' AS zone, c.evse::integer AS evse, e.evse_id
    FROM device_config.stations s
    JOIN (SELECT DISTINCT tenant, station, evse FROM device_config.connectors WHERE evse > 0) c USING (tenant, station)
    LEFT JOIN device_config.evse_ids e ON e.tenant = s.tenant AND e.station = s.station AND e.evse = c.evse) p`,
  owner: 'p.tenant',
  station: 'p.station',
  id: [
    { sql: 'p.station', type: 'text' },
    { sql: 'p.evse', type: 'integer' },
  ],
  sorts: { station: [] },
  filters: { month: () => '', station: among('p.station'), group: among('p.station_group') },
};

/** SQL: entries of the history of station `$2` of tenant `$1` that hold at some time from `$3` to `$4`. */
const WITHIN = 'tenant = $1 AND station = $2 AND at < $4 AND (replaced_at IS NULL OR replaced_at >= $3) AND NOT superseded';

/**
 * What a station reported within a span, each repetition as a point of its own, after what held before it. An entry that came late, and lies within another,
 * ends by a point of that one (`resumed`), whose mark of its last repetition may have moved on since. Where a station reports no problems of components, points
 * that leave a connector as usable as it was are left out: most of a year are.
 */
const POINTS = `
WITH entries AS (
  SELECT evse, connector, kind, component, status, at, confirmed_at, replaced_at, number FROM device_config.status_history
  WHERE ${WITHIN}
), resumed AS (
  SELECT DISTINCT ON (late.number) held.*, late.replaced_at AS resumed_at
  FROM entries late JOIN entries held USING (evse, connector, kind, component)
  WHERE late.replaced_at < $4 AND held.at <= late.replaced_at AND (held.replaced_at IS NULL OR held.replaced_at > late.replaced_at)
    AND held.number < late.number
    AND (evse, connector, kind, component, late.replaced_at) NOT IN (SELECT evse, connector, kind, component, at FROM entries)
  ORDER BY late.number, held.at DESC, held.number DESC
), points AS (
  SELECT evse, connector, kind, component, status, at, number, false AS again FROM entries
  UNION ALL
  SELECT evse, connector, kind, component, status, confirmed_at, number, true FROM entries WHERE confirmed_at > at AND confirmed_at < $4
  UNION ALL
  SELECT evse, connector, kind, component, status, resumed_at, number, true FROM resumed
), judged AS (
  SELECT *, CASE WHEN kind = 'status' AND status NOT IN ('Faulted', 'Unavailable') THEN 'usable' ELSE status END AS meaning FROM points
), changes AS (
  SELECT *, lag(meaning) OVER (PARTITION BY evse, connector, kind, component ORDER BY at, number, again) AS before FROM judged
)
SELECT evse, connector, kind, component, status, (extract(epoch FROM at) * 1000)::float8 AS at FROM changes
WHERE before IS DISTINCT FROM meaning OR EXISTS (SELECT FROM entries WHERE kind = 'problem')
ORDER BY changes.at, number, again`;

/** Ports, and what was reported of them. */
export class TypeormPorts {
  private readonly listed: TypeormList<Port, PortFilters, PortSort>;

  constructor(private readonly dataSource: DataSource) {
    this.listed = new TypeormList(dataSource, PORTS);
  }

  list(tenant: string): ListSource<Port, PortFilters, PortSort> {
    return this.listed.of(tenant);
  }

  /** Whether the history within a span has at most so many entries. */
  async hasAtMost({ tenant, station }: StationRef, { from, to }: Span, most: number): Promise<boolean> {
    const [row]: { count: number }[] = await this.dataSource.query(
      `SELECT count(*)::integer AS count FROM (SELECT FROM device_config.status_history WHERE ${WITHIN} LIMIT $5) AS entries`,
      [tenant, station, new Date(from), new Date(to), most + 1],
    );
    return (row?.count ?? 0) <= most;
  }

  points({ tenant, station }: StationRef, { from, to }: Span): Promise<StatePoint[]> {
    return this.dataSource.query(POINTS, [tenant, station, new Date(from), new Date(to)]);
  }
}
