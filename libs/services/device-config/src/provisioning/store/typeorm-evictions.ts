import type { EvictReason, StationRef } from '@voltbus/contracts';
import type { DataSource } from 'typeorm';

/** A station whose cached profile is out of date and, with a reason, whose socket must go. */
export interface Eviction {
  ref: StationRef;
  reason: EvictReason | null;
  /** Grows with every wish. */
  asked: string;
}

/** What is still to be done about stations that changed. */
export class TypeormEvictions {
  constructor(private readonly dataSource: DataSource) {}

  /** Of one station, or the oldest of all. */
  async pending(limit: number, of: StationRef | null): Promise<Eviction[]> {
    const rows: (StationRef & Omit<Eviction, 'ref'>)[] = await this.dataSource.query(
      `SELECT tenant, station, reason, asked FROM device_config.evictions
       WHERE $2::text IS NULL OR (tenant = $2 AND station = $3) ORDER BY asked LIMIT $1`,
      [limit, of?.tenant ?? null, of?.station ?? null],
    );
    return rows.map(({ tenant, station, reason, asked }) => ({ ref: { tenant, station }, reason, asked }));
  }

  /** Asks for those of these stations that may not be connected at all; which they are. */
  async addUnwelcome(refs: readonly StationRef[]): Promise<StationRef[]> {
    if (refs.length === 0) return [];
    return this.dataSource.query(
      `INSERT INTO device_config.evictions (tenant, station, reason)
       SELECT came.tenant, came.station, CASE WHEN s.blocked THEN 'blocked' ELSE 'deleted' END
       FROM unnest($1::text[], $2::text[]) AS came(tenant, station)
       LEFT JOIN device_config.tenants t ON t.tenant = came.tenant
       LEFT JOIN device_config.stations s ON s.tenant = came.tenant AND s.station = came.station
       WHERE s.blocked OR (s.station IS NULL AND t.unknown_stations IS DISTINCT FROM 'register')
       RETURNING tenant, station`,
      [refs.map(({ tenant }) => tenant), refs.map(({ station }) => station)],
    );
  }

  async done({ ref, asked }: Eviction): Promise<void> {
    await this.dataSource.query(`DELETE FROM device_config.evictions WHERE tenant = $1 AND station = $2 AND asked = $3`, [
      ref.tenant,
      ref.station,
      asked,
    ]);
  }
}
