import type { ConnectionEvent } from '@voltbus/contracts';
import type { DataSource } from 'typeorm';

interface Presence extends Pick<ConnectionEvent, 'tenant' | 'station' | 'protocol' | 'epoch' | 'at' | 'securityProfile'> {
  online: boolean;
}

/** Whether stations are connected, as their gateways published. */
export class TypeormPresence {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Fenced by the connection's epoch; of one connection the end is last, however often its beginning is delivered. Where its boot came first, the beginning tells
   * its security profile and nothing else.
   */
  async writeMany(events: readonly Presence[]): Promise<void> {
    await this.dataSource.query(
      `UPDATE device_config.stations AS known
       SET online = event.online AND (known.presence_epoch < event.epoch OR known.online), connection_lost = known.connection_lost AND known.presence_epoch = event.epoch AND event.online, protocol = event.protocol, presence_epoch = event.epoch, last_seen_at = greatest(known.last_seen_at, event.at),
         used_profile = coalesce(event."securityProfile", known.used_profile)
       FROM (SELECT DISTINCT ON (tenant, station) * FROM json_to_recordset($1::json)
               AS one(tenant text, station text, protocol text, epoch bigint, at timestamptz, online boolean, "securityProfile" smallint)
             ORDER BY tenant, station, epoch DESC, online) AS event
       WHERE known.tenant = event.tenant AND known.station = event.station
         AND (known.presence_epoch < event.epoch OR (known.presence_epoch = event.epoch
           AND (NOT event.online OR known.used_profile IS DISTINCT FROM coalesce(event."securityProfile", known.used_profile))))`,
      [JSON.stringify(events)],
    );
  }
}
