import type { ConnectionEvent } from '@voltbus/contracts';
import type { DataSource } from 'typeorm';

export interface Presence extends Pick<ConnectionEvent, 'tenant' | 'station' | 'protocol' | 'epoch' | 'at' | 'remoteAddress' | 'tookOver'> {
  online: boolean;
}

/** Whether stations are there, as their gateways told. */
export class TypeormPresence {
  constructor(private readonly dataSource: DataSource) {}

  /** Fenced by the connection's epoch; of one connection the end is last, however often its beginning is said. */
  async writeMany(said: readonly Presence[]): Promise<void> {
    await this.dataSource.query(
      `UPDATE device_config.stations AS known
       SET online = said.online, protocol = said.protocol, presence_epoch = said.epoch, last_seen_at = greatest(known.last_seen_at, said.at)
       FROM (SELECT DISTINCT ON (tenant, station) * FROM json_to_recordset($1::json)
               AS one(tenant text, station text, protocol text, epoch bigint, at timestamptz, online boolean)
             ORDER BY tenant, station, epoch DESC, online) AS said
       WHERE known.tenant = said.tenant AND known.station = said.station
         AND (known.presence_epoch < said.epoch OR (known.presence_epoch = said.epoch AND NOT said.online))`,
      [JSON.stringify(said)],
    );
  }
}
