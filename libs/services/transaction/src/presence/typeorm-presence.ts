import type { ConnectionEvent, StationRef } from '@voltbus/contracts';
import type { DataSource } from 'typeorm';
import { NEWEST_CONNECTIONS, connectionRows } from '../stations/connection-rows';
import { removeStationRows } from '../stations/typeorm-station-rows';

const UPSERT = `
INSERT INTO transactions.presence AS known (tenant, station, epoch, protocol, connected, since)
SELECT tenant, station, epoch, protocol, $2::boolean, at::timestamptz FROM ${NEWEST_CONNECTIONS}
ON CONFLICT (tenant, station) DO UPDATE SET epoch = excluded.epoch, protocol = excluded.protocol, connected = excluded.connected, since = excluded.since
WHERE known.epoch < excluded.epoch OR (known.epoch = excluded.epoch AND known.connected AND NOT excluded.connected)`;

/** Stores which stations are connected. A station without a row is unknown. */
export class TypeormPresence {
  constructor(private readonly dataSource: DataSource) {}

  onConnected(events: readonly ConnectionEvent[]): Promise<void> {
    return this.write(events, true);
  }

  /** The end of an old connection changes nothing. */
  onDisconnected(events: readonly ConnectionEvent[]): Promise<void> {
    return this.write(events, false);
  }

  private async write(events: readonly ConnectionEvent[], connected: boolean): Promise<void> {
    await this.dataSource.query(UPSERT, [connectionRows(events), connected]);
  }

  /** The station was deleted. */
  removeStation(ref: StationRef): Promise<void> {
    return removeStationRows(this.dataSource, ref, 'presence');
  }
}
