import type { Database } from '@voltbus/database';
import type { FleetCounts } from '../fleet-gauge';

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
    return { stations: stations ?? { online: 0, offline: 0 }, connectors };
  }
}
