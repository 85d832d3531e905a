import type { StationRef } from '@voltbus/contracts';
import type { DataSource, EntityManager } from 'typeorm';

export interface StoredPart {
  part: number;
  data: string;
  receivedAt: Date;
}

/** The parts of what stations reported of customers. */
export class TypeormCustomerInformation {
  constructor(private readonly dataSource: DataSource) {}

  async add(manager: EntityManager, row: StoredPart & StationRef & { request: string }): Promise<void> {
    const { tenant, station, request, part, data, receivedAt } = row;
    await manager.query(
      `INSERT INTO device_config.customer_information (request, part, tenant, station, data, received_at) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (request, part) DO NOTHING`,
      [request, part, tenant, station, data, receivedAt],
    );
  }

  read(request: string): Promise<StoredPart[]> {
    return this.dataSource.query(
      'SELECT part, data, received_at AS "receivedAt" FROM device_config.customer_information WHERE request = $1 ORDER BY part',
      [request],
    );
  }

  /** Stations that were asked on behalf of this one. */
  async requestsBy(tenant: string, requestedBy: string): Promise<ReadonlySet<string>> {
    const rows: { station: string }[] = await this.dataSource.query(
      `SELECT DISTINCT station FROM device_config.station_requests WHERE tenant = $1 AND kind = 'customer-information' AND requested_by = $2`,
      [tenant, requestedBy],
    );
    return new Set(rows.map(({ station }) => station));
  }

  /** Requests for reports about a token. */
  async reportsOf(tenant: string, idToken: string): Promise<string[]> {
    const rows: { id: string; of: string }[] = await this.dataSource.query(
      `SELECT id, body #>> '{idToken,idToken}' AS of FROM device_config.station_requests
       WHERE tenant = $1 AND kind = 'customer-information' AND subject <> 'clear' AND body #>> '{idToken,idToken}' IS NOT NULL`,
      [tenant],
    );
    // a database may know the case of ASCII alone
    return rows.filter(({ of }) => of.toUpperCase() === idToken.toUpperCase()).map(({ id }) => id);
  }

  async remove(manager: EntityManager, request: string): Promise<void> {
    await manager.query('DELETE FROM device_config.customer_information WHERE request = $1', [request]);
  }
}
