import type { Protocol, StationRef } from '@voltbus/contracts';
import { lockNamed, lockStation } from '@voltbus/database';
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

const LOCKED = `SELECT protocol, online, vendor, model, firmware_version AS firmware, booted_at AS "bootedAt" FROM device_config.stations
       WHERE tenant = $1 AND station = $2 FOR KEY SHARE`;

/**
 * Changes what is kept of a station, in one database transaction: of changes of the same `kind` one at a time, and the station is not removed meanwhile.
 * Null where there is no such station; then nothing is done.
 */
export function inStation<T>(
  dataSource: DataSource,
  kind: string,
  ref: StationRef,
  work: (manager: EntityManager, station: LockedStation) => Promise<T>,
): Promise<T | null> {
  return under((manager) => lockNamed(manager, `${kind} of ${ref.tenant}/${ref.station}`), dataSource, ref, work);
}

/** The same under the lock of the station itself, which everybody takes who changes it. */
export function inLockedStation<T>(
  dataSource: DataSource,
  ref: StationRef,
  work: (manager: EntityManager, station: LockedStation) => Promise<T>,
): Promise<T | null> {
  return under((manager) => lockStation(manager, ref), dataSource, ref, work);
}

function under<T>(
  lock: (manager: EntityManager) => Promise<unknown>,
  dataSource: DataSource,
  { tenant, station }: StationRef,
  work: (manager: EntityManager, station: LockedStation) => Promise<T>,
): Promise<T | null> {
  return dataSource.transaction(async (manager) => {
    await lock(manager);
    const [locked]: LockedStation[] = await manager.query(LOCKED, [tenant, station]);
    return locked === undefined ? null : work(manager, locked);
  });
}
