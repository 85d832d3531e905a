import type { Protocol, StationRef } from '@voltbus/contracts';
import { lockNamed } from '@voltbus/database';
import type { DataSource, EntityManager } from 'typeorm';

/** What happens together or not at all; only stores look into it. */
export type Transaction = EntityManager;

/** A station as it is while it is changed. */
export interface LockedStation {
  protocol: Protocol | null;
  online: boolean;
  vendor: string | null;
  model: string | null;
  firmware: string | null;
  bootedAt: Date | null;
}

/**
 * Changes what is kept of a station, in one database transaction: of changes of the same `kind` one at a time, and the station is not removed meanwhile.
 * Null where there is no such station; then nothing is done.
 */
export function inStation<T>(
  dataSource: DataSource,
  kind: string,
  { tenant, station }: StationRef,
  work: (manager: EntityManager, station: LockedStation) => Promise<T>,
): Promise<T | null> {
  return dataSource.transaction(async (manager) => {
    await lockNamed(manager, `${kind} of ${tenant}/${station}`);
    const [locked]: LockedStation[] = await manager.query(
      `SELECT protocol, online, vendor, model, firmware_version AS firmware, booted_at AS "bootedAt" FROM device_config.stations
       WHERE tenant = $1 AND station = $2 FOR KEY SHARE`,
      [tenant, station],
    );
    return locked === undefined ? null : work(manager, locked);
  });
}
