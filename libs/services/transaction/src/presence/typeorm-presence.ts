import type { ConnectionEvent, StationRef } from '@voltbus/contracts';
import type { DataSource } from 'typeorm';
import { removeStationRows } from '../stations/typeorm-station-rows';

const UPSERT = `
INSERT INTO transactions.presence AS known (tenant, station, epoch, protocol, connected, since) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (tenant, station) DO UPDATE SET epoch = excluded.epoch, protocol = excluded.protocol, connected = excluded.connected, since = excluded.since
WHERE known.epoch < excluded.epoch OR (known.epoch = excluded.epoch AND known.connected AND NOT excluded.connected)`;

/** Stores which stations are connected. A station without a row is unknown. */
export class TypeormPresence {
  constructor(private readonly dataSource: DataSource) {}

  onConnected(event: ConnectionEvent): Promise<void> {
    return this.write(event, true);
  }

  /** The end of an old connection changes nothing. */
  onDisconnected(event: ConnectionEvent): Promise<void> {
    return this.write(event, false);
  }

  private async write({ tenant, station, protocol, epoch, at }: ConnectionEvent, connected: boolean): Promise<void> {
    await this.dataSource.query(UPSERT, [tenant, station, epoch, protocol, connected, at]);
  }

  /** The station was deleted. */
  removeStation(ref: StationRef): Promise<void> {
    return removeStationRows(this.dataSource, ref, 'presence');
  }
}
