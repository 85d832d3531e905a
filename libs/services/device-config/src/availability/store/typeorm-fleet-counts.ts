import type { Database } from '@voltbus/database';
import { MAX_FIRMWARE_VERSIONS, type FleetCounts } from '../fleet-gauge';

/** Counts stations and connectors of all tenants. */
export class TypeormFleetCounts {
  constructor(private readonly database: Database) {}

  async count(): Promise<FleetCounts> {
    const [stations] = await this.database.query<{ online: number; offline: number }[]>(
      `SELECT count(*) FILTER (WHERE online)::int AS online, count(*) FILTER (WHERE NOT online)::int AS offline FROM device_config.stations`,
    );
    // the station itself is connector 0 of EVSE 0
    const connectors = await this.database.query<{ status: string; count: number }[]>(
      'SELECT status, count(*)::int AS count FROM device_config.connectors WHERE connector > 0 GROUP BY status',
    );
    return { stations: stations ?? { online: 0, offline: 0 }, connectors, firmware: await this.firmware() };
  }

  /** A station that has told no version is not counted. One that is called "other" is counted with the others. */
  private firmware(): Promise<FleetCounts['firmware']> {
    return this.database.query(
      `WITH versions AS (
         SELECT firmware_version, count(*) AS count,
           row_number() OVER (ORDER BY count(*) DESC, firmware_version) > $1 OR firmware_version = 'other' AS is_other
         FROM device_config.stations WHERE firmware_version IS NOT NULL GROUP BY firmware_version)
       SELECT CASE WHEN is_other THEN NULL ELSE firmware_version END AS version, sum(count)::int AS count
       FROM versions GROUP BY 1 ORDER BY 2 DESC, 1`,
      [MAX_FIRMWARE_VERSIONS],
    );
  }
}
