import type { StationRef } from '@voltbus/contracts';
import { lockNamed } from '@voltbus/database';
import type { HeldStations, KnownStations } from '@voltbus/http';
import type { DataSource, EntityManager } from 'typeorm';

/** The registered stations, for those who refer to them (ADR 64). */
export class TypeormStationReferences implements KnownStations {
  constructor(private readonly dataSource: DataSource) {}

  has(ref: StationRef): Promise<boolean> {
    return exists(this.dataSource.manager, ref);
  }

  /** The stations are held by a database transaction, which a process that dies ends. */
  holding<T>(tenant: string, work: (stations: HeldStations) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      await manager.query('SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 0))', [lockName(tenant)]);
      return work({ has: (station) => exists(manager, { tenant, station }), among: (stations) => among(manager, tenant, stations) });
    });
  }
}

/** Within the transaction that removes a station: until it ends nobody refers to one of the tenant. */
export function lockReferences(manager: EntityManager, tenant: string): Promise<void> {
  return lockNamed(manager, lockName(tenant));
}

function lockName(tenant: string): string {
  return `references to stations of ${tenant}`;
}

async function among(manager: EntityManager, tenant: string, stations: readonly string[]): Promise<ReadonlySet<string>> {
  const rows: { station: string }[] = await manager.query(
    'SELECT station FROM device_config.stations WHERE tenant = $1 AND station = ANY($2::text[])',
    [tenant, stations],
  );
  return new Set(rows.map(({ station }) => station));
}

async function exists(manager: EntityManager, { tenant, station }: StationRef): Promise<boolean> {
  const rows: unknown[] = await manager.query('SELECT FROM device_config.stations WHERE tenant = $1 AND station = $2', [tenant, station]);
  return rows.length > 0;
}
