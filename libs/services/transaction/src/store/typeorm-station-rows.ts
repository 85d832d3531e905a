import type { StationRef } from '@voltbus/contracts';
import type { DataSource } from 'typeorm';

/** What is kept of a station for as long as it is there. Its sessions, and what bills rest on, stay. */
const OF_STATIONS = ['qr_codes', 'local_lists', 'capabilities', 'erased_entries', 'presence'] as const;

/** Everything that goes with a station. */
export class TypeormStationRows {
  constructor(private readonly dataSource: DataSource) {}

  /** It was deleted. */
  remove({ tenant, station }: StationRef): Promise<void> {
    return this.dataSource.transaction(async (manager) => {
      for (const table of OF_STATIONS)
        await manager.query(`DELETE FROM transactions.${table} WHERE tenant = $1 AND station = $2`, [tenant, station]);
    });
  }
}
