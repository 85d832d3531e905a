import type { StationRef } from '@voltbus/contracts';
import type { DataSource } from 'typeorm';
import { INACTIVE_SINCE_FREE } from '../../transactions';

/** A station's report that a connector is free, or is not. */
export interface ConnectorStatus extends StationRef {
  evse: number;
  /** 2.x: of several at one EVSE. Null: there is only one. */
  connector: number | null;
  free: boolean;
  receivedAt: Date;
  /** By the station's clock, epoch milliseconds. */
  reportedAt: number;
}

/** Marks open transactions whose connector is reported free. A status ends nothing by itself (1.6 section 4.9). */
export class TypeormFreeConnectors {
  constructor(private readonly dataSource: DataSource) {}

  /** The last status of each connector counts. */
  async write(statuses: readonly ConnectorStatus[]): Promise<void> {
    const rows = statuses.map(({ receivedAt, reportedAt, ...status }, place) => ({
      ...status,
      at: receivedAt,
      reported_at: new Date(reportedAt),
      place,
    }));
    await this.dataSource.query(
      `UPDATE transactions.transactions t SET freed_at = CASE WHEN NOT last.free THEN NULL WHEN ${INACTIVE_SINCE_FREE} THEN t.freed_at ELSE last.at END,
         freed_said_at = CASE WHEN NOT last.free THEN NULL WHEN ${INACTIVE_SINCE_FREE} THEN t.freed_said_at ELSE last.reported_at END
       FROM (SELECT DISTINCT ON (tenant, station, evse, connector) * FROM json_to_recordset($1::json)
         AS status(tenant text, station text, evse bigint, connector bigint, free boolean, at timestamptz, reported_at timestamptz, place integer)
         ORDER BY tenant, station, evse, connector, place DESC) AS last
       WHERE t.tenant = last.tenant AND t.station = last.station AND t.evse = last.evse AND t.ended_at IS NULL
         AND (last.connector IS NULL OR coalesce((t.state #>> '{place,connector}')::bigint, last.connector) = last.connector)
         AND (last.free OR t.freed_at IS NOT NULL)`,
      [JSON.stringify(rows)],
    );
  }
}
