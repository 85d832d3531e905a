import type { Protocol, StationRef } from '@voltbus/contracts';
import type { DataSource } from 'typeorm';

/** The version that a station speaks. Null: it never connected; undefined: there is no such station. */
export async function stationProtocol(dataSource: DataSource, { tenant, station }: StationRef): Promise<Protocol | null | undefined> {
  const rows: { protocol: Protocol | null }[] = await dataSource.query(
    'SELECT protocol FROM device_config.stations WHERE tenant = $1 AND station = $2',
    [tenant, station],
  );
  return rows[0]?.protocol;
}
