import type { StationRef } from '@voltbus/contracts';
import { amongIgnoringCase } from '@voltbus/database';
import type { StationGroups } from '@voltbus/http';
import type { DataSource } from 'typeorm';

/** The groups of stations as they are now, for callers that are limited to some. */
export class TypeormStationGroups implements StationGroups {
  constructor(private readonly dataSource: DataSource) {}

  async has({ tenant, station }: StationRef, groups: readonly string[]): Promise<boolean> {
    const { sql, values } = inGroups([tenant], groups);
    const rows: unknown[] = await this.dataSource.query(`${sql} AND station = $${values.length + 1}`, [...values, station]);
    return rows.length > 0;
  }

  async stationsIn(tenant: string, groups: readonly string[], most: number): Promise<string[]> {
    const { sql, values } = inGroups([tenant], groups);
    const rows: { station: string }[] = await this.dataSource.query(`${sql} LIMIT $${values.length + 1}`, [...values, most]);
    return rows.map(({ station }) => station);
  }
}

function inGroups(owner: [tenant: string], groups: readonly string[]): { sql: string; values: unknown[] } {
  const values: unknown[] = [...owner];
  const condition = amongIgnoringCase('station_group')(groups, (value) => `$${values.push(value)}`);
  return { sql: `SELECT station FROM device_config.stations WHERE tenant = $1 AND ${condition}`, values };
}
