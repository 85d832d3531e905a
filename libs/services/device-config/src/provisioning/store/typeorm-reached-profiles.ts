import type { ConnectionEvent, StationRef } from '@voltbus/contracts';
import type { DataSource } from 'typeorm';

type Connected = Pick<ConnectionEvent, 'tenant' | 'station' | 'epoch' | 'securityProfile'>;

/** The highest security profiles that stations have used. */
export class TypeormReachedProfiles {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * A05.FR.07: from now on a station may not use a lower profile than it does here. 0 and 1 are left out, because they are a matter of its password. Returns the
   * stations whose cached profiles are out of date; that they are is stored with the change.
   */
  async raise(connected: readonly Connected[]): Promise<StationRef[]> {
    const raising = connected.filter(({ securityProfile = 0 }) => securityProfile >= 2);
    if (raising.length === 0) return [];
    return this.dataSource.query(
      `WITH raised AS (
         UPDATE device_config.stations AS known SET reached_profile = event.profile, reached_epoch = event.epoch
         FROM (SELECT DISTINCT ON (tenant, station) tenant, station, epoch, "securityProfile" AS profile
               FROM json_to_recordset($1::json) AS one(tenant text, station text, epoch bigint, "securityProfile" smallint)
               ORDER BY tenant, station, "securityProfile" DESC, epoch DESC) AS event
         WHERE known.tenant = event.tenant AND known.station = event.station
           AND coalesce(known.reached_profile, 0) < event.profile AND known.reached_epoch < event.epoch
         RETURNING known.tenant, known.station)
       INSERT INTO device_config.evictions (tenant, station, reason) SELECT tenant, station, NULL FROM raised
       RETURNING tenant, station`,
      [JSON.stringify(raising)],
    );
  }
}
