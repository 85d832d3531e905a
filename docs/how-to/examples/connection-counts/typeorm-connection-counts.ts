import type { StationRef } from '@voltbus/contracts';
import type { Database, Migration, TableDeclaration } from '@voltbus/database';

/** Ids sort among all migrations of the service. */
export const connectionCountsMigration: Migration = {
  id: '9000-connection-counts',
  sql: `
CREATE TABLE router.connection_counts (
  tenant text NOT NULL,
  station text NOT NULL,
  day date NOT NULL,
  epoch bigint NOT NULL,
  connections int NOT NULL,
  PRIMARY KEY (tenant, station, day)
);
CREATE INDEX connection_counts_by_age ON router.connection_counts (day);`,
};

export const connectionCountsTable: TableDeclaration = {
  name: 'connection_counts',
  holds: 'How often a station connected on a day',
  madeBy: 'stations',
  bound: 'one for each station and day',
  tenant: 'tenant',
  station: 'station',
  keeping: { kind: 'aged', column: 'day', days: 30 },
};

export class TypeormConnectionCounts {
  constructor(private readonly database: Database) {}

  /** Counts a connection. `epoch` grows with each connection of a station, so an event that comes twice is counted once. */
  async add({ tenant, station }: StationRef, day: string, epoch: number): Promise<void> {
    await this.database.query(
      `INSERT INTO router.connection_counts AS known (tenant, station, day, epoch, connections) VALUES ($1, $2, $3, $4, 1)
       ON CONFLICT (tenant, station, day) DO UPDATE SET epoch = excluded.epoch, connections = known.connections + 1
       WHERE known.epoch < excluded.epoch`,
      [tenant, station, day, epoch],
    );
  }

  async find({ tenant, station }: StationRef, day: string): Promise<number> {
    const [row] = await this.database.query<{ connections: number }[]>(
      'SELECT connections FROM router.connection_counts WHERE tenant = $1 AND station = $2 AND day = $3',
      [tenant, station, day],
    );
    return row?.connections ?? 0;
  }
}
