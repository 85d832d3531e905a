import type { StationRef } from '@voltbus/contracts';
import type { DataSource } from 'typeorm';

/** Tables whose rows go with their station. A station's transactions, and what bills rest on, stay. */
type StationTable = 'local_lists' | 'capabilities' | 'erased_entries' | 'presence';

/** Removes the rows of a station that was deleted. */
export async function removeStationRows(dataSource: DataSource, { tenant, station }: StationRef, ...tables: StationTable[]): Promise<void> {
  for (const table of tables)
    await dataSource.query(`DELETE FROM transactions.${table} WHERE tenant = $1 AND station = $2`, [tenant, station]);
}
