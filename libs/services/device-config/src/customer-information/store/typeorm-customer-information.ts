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

  async remove(manager: EntityManager, request: string): Promise<void> {
    await manager.query('DELETE FROM device_config.customer_information WHERE request = $1', [request]);
  }
}
