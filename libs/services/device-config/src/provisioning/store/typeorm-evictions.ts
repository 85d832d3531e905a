import type { EvictReason, StationRef } from '@voltbus/contracts';
import type { DataSource, EntityManager } from 'typeorm';
import type { ConnectedStation } from '../domain/eviction';

/** Why a cached profile is out of date: the socket must go, or the gateway that has it is told what is switched for the station. Null: neither. */
export type OutdatedBy = EvictReason | 'quirks-changed' | null;

/** A station whose cached profile is out of date, and what follows. */
export interface Eviction {
  ref: StationRef;
  reason: OutdatedBy;
  /** Grows with every change. */
  sequence: string;
}

/** Notes, in the transaction of a change, what has to follow: drop the cached profile and, with a reason, close the socket or tell its gateway. */
export async function addEviction(
  manager: Pick<EntityManager, 'query'>,
  { tenant, station }: StationRef,
  reason: OutdatedBy,
): Promise<void> {
  await manager.query('INSERT INTO device_config.evictions (tenant, station, reason) VALUES ($1, $2, $3)', [tenant, station, reason]);
}

/** The same of many stations of a tenant. */
export async function addEvictions(
  manager: Pick<EntityManager, 'query'>,
  tenant: string,
  stations: readonly string[],
  reason: OutdatedBy,
): Promise<void> {
  if (stations.length === 0) return;
  await manager.query(
    'INSERT INTO device_config.evictions (tenant, station, reason) SELECT $1, station, $3 FROM unnest($2::text[]) AS s(station)',
    [tenant, stations, reason],
  );
}

/** Evictions that are still to be made. */
export class TypeormEvictions {
  constructor(private readonly dataSource: DataSource) {}

  /** Of one station, or the oldest of all. */
  async pending(limit: number, of: StationRef | null): Promise<Eviction[]> {
    const rows: (StationRef & Omit<Eviction, 'ref'>)[] = await this.dataSource.query(
      `SELECT tenant, station, reason, asked AS sequence FROM device_config.evictions
       WHERE $2::text IS NULL OR (tenant = $2 AND station = $3) ORDER BY asked LIMIT $1`,
      [limit, of?.tenant ?? null, of?.station ?? null],
    );
    return rows.map(({ tenant, station, reason, sequence }) => ({ ref: { tenant, station }, reason, sequence }));
  }

  /** Whether these stations are known and admitted now; `evictionOfConnected` decides what follows. */
  async admissionsOf(refs: readonly StationRef[]): Promise<ConnectedStation[]> {
    return this.dataSource.query(
      `SELECT c.tenant, c.station, s.station IS NOT NULL AS known, coalesce(s.blocked, false) AS blocked, t.unknown_stations AS "unknownStations"
       FROM unnest($1::text[], $2::text[]) AS c(tenant, station)
       LEFT JOIN device_config.tenants t ON t.tenant = c.tenant
       LEFT JOIN device_config.stations s ON s.tenant = c.tenant AND s.station = c.station`,
      [refs.map(({ tenant }) => tenant), refs.map(({ station }) => station)],
    );
  }

  add(ref: StationRef, reason: EvictReason): Promise<void> {
    return addEviction(this.dataSource, ref, reason);
  }

  async done({ ref, sequence }: Eviction): Promise<void> {
    await this.dataSource.query(`DELETE FROM device_config.evictions WHERE tenant = $1 AND station = $2 AND asked = $3`, [
      ref.tenant,
      ref.station,
      sequence,
    ]);
  }
}
