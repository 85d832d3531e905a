import type { StationRef } from '@voltbus/contracts';
import type { DataSource } from 'typeorm';
import { MAX_TAKE_OVER_ADDRESSES, TAKE_OVER_GAP_MS, conflictOf, LEAST_TAKE_OVERS, type IdentityConflict } from './domain/identity-conflict';

/** A connection that took the place of another one of the same station. */
export interface TakeOver extends StationRef {
  address: string;
  epoch: number;
  at: string;
}

type FoundConflict = StationRef & { conflict: IdentityConflict };

/** A row of `take_overs`, as JSON of the station views. */
export interface TakeOverRow {
  address: string;
  times: number;
  firstAt: string;
  lastAt: string;
}

/** Counts take-overs by station and address, of stations that are known. */
export class TypeormTakeOvers {
  constructor(private readonly dataSource: DataSource) {}

  /** Counts each once, however often it is delivered; returns the stations that are in conflict from now on. */
  async writeMany(takeOvers: readonly TakeOver[], now: Date): Promise<FoundConflict[]> {
    if (takeOvers.length === 0) return [];
    const added: (StationRef & { added: number })[] = await this.dataSource.query(COUNT, [JSON.stringify(takeOvers), TAKE_OVER_GAP_MS]);
    if (added.length === 0) return [];
    const refs = [added.map(({ tenant }) => tenant), added.map(({ station }) => station)];
    await this.dataSource.query(TRIM, [...refs, MAX_TAKE_OVER_ADDRESSES]);
    const rows: (StationRef & { counts: TakeOverRow[] })[] = await this.dataSource.query(READ, refs);
    const byStation = new Map<string, number>();
    for (const { tenant, station, added: more } of added)
      byStation.set(`${tenant}/${station}`, (byStation.get(`${tenant}/${station}`) ?? 0) + more);
    return rows.flatMap(({ tenant, station, counts }) => {
      const conflict = conflictIn(counts, now);
      const before = (conflict?.takeOvers ?? 0) - (byStation.get(`${tenant}/${station}`) ?? 0);
      return conflict !== null && before < LEAST_TAKE_OVERS ? [{ tenant, station, conflict }] : [];
    });
  }
}

export function conflictIn(counts: readonly TakeOverRow[], now: Date): IdentityConflict | null {
  return conflictOf(
    counts.map(({ firstAt, lastAt, ...row }) => ({ ...row, firstAt: new Date(firstAt), lastAt: new Date(lastAt) })),
    now,
  );
}

/** Fenced by the connection's epoch. After a gap they are counted anew. */
const COUNT = `
WITH counted AS (
  INSERT INTO device_config.take_overs AS known (tenant, station, address, times, first_at, last_at, epoch)
  SELECT takeover.tenant, takeover.station, takeover.address, count(DISTINCT takeover.epoch), min(takeover.at), max(takeover.at), max(takeover.epoch)
  FROM json_to_recordset($1::json) AS takeover(tenant text, station text, address text, epoch bigint, at timestamptz)
  JOIN device_config.stations s ON s.tenant = takeover.tenant AND s.station = takeover.station
  LEFT JOIN device_config.take_overs t ON t.tenant = takeover.tenant AND t.station = takeover.station AND t.address = takeover.address
  WHERE takeover.epoch > coalesce(t.epoch, 0) GROUP BY takeover.tenant, takeover.station, takeover.address
  ON CONFLICT (tenant, station, address) DO UPDATE SET
    times = CASE WHEN excluded.first_at - known.last_at > $2 * interval '1 millisecond' THEN excluded.times ELSE known.times + excluded.times END,
    first_at = CASE WHEN excluded.first_at - known.last_at > $2 * interval '1 millisecond' THEN excluded.first_at ELSE known.first_at END,
    last_at = greatest(known.last_at, excluded.last_at), epoch = excluded.epoch
  RETURNING tenant, station, address)
SELECT counted.tenant, counted.station, count(DISTINCT takeover.epoch)::integer AS added FROM counted
JOIN json_to_recordset($1::json) AS takeover(tenant text, station text, address text, epoch bigint)
  ON takeover.tenant = counted.tenant AND takeover.station = counted.station AND takeover.address = counted.address GROUP BY counted.tenant, counted.station`;

const TRIM = `
DELETE FROM device_config.take_overs AS old USING (
  SELECT tenant, station, address, row_number() OVER (PARTITION BY tenant, station ORDER BY last_at DESC, address) AS place
  FROM device_config.take_overs WHERE (tenant, station) IN (SELECT * FROM unnest($1::text[], $2::text[]))) AS placed
WHERE placed.place > $3 AND old.tenant = placed.tenant AND old.station = placed.station AND old.address = placed.address`;

const READ = `
SELECT tenant, station, json_agg(json_build_object('address', address, 'times', times, 'firstAt', first_at, 'lastAt', last_at)) AS counts
FROM device_config.take_overs WHERE (tenant, station) IN (SELECT * FROM unnest($1::text[], $2::text[])) GROUP BY tenant, station`;
