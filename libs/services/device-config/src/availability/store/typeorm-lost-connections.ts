import type { StationRef } from '@voltbus/contracts';
import type { DataSource } from 'typeorm';

/** The connection by which a station was last known. */
export interface KnownConnection extends StationRef {
  epoch: number;
}

/** Stations by what is known of their connections. */
export class TypeormLostConnections {
  constructor(private readonly dataSource: DataSource) {}

  /** Stations that count as connected, in their order, behind `after`. */
  connected(after: StationRef | null, most: number): Promise<KnownConnection[]> {
    return this.those('online', after, most);
  }

  /** Stations whose connection was lost, and that have had no other since. */
  lost(after: StationRef | null, most: number): Promise<KnownConnection[]> {
    return this.those('connection_lost', after, most);
  }

  /** False where the station has another connection meanwhile, or its end was told. `at`: when it was last known to be there. */
  async setOnline({ tenant, station, epoch }: KnownConnection, online: boolean, at: Date): Promise<boolean> {
    const [rows]: [unknown[], number] = await this.dataSource.query(
      `UPDATE device_config.stations SET online = $4, connection_lost = NOT $4, last_seen_at = greatest(last_seen_at, $5)
       WHERE tenant = $1 AND station = $2 AND presence_epoch = $3 AND online = NOT $4 AND connection_lost = $4 RETURNING station`,
      [tenant, station, epoch, online, at],
    );
    return rows.length > 0;
  }

  private those(condition: 'online' | 'connection_lost', after: StationRef | null, most: number): Promise<KnownConnection[]> {
    return this.dataSource.query(
      `SELECT tenant, station, presence_epoch::float8 AS epoch FROM device_config.stations
       WHERE ${condition} AND (tenant, station) > ($1, $2) ORDER BY tenant, station LIMIT $3`,
      [after?.tenant ?? '', after?.station ?? '', most],
    );
  }
}
