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
  saidAt: number;
}

/** Marks open transactions whose connector is reported free. A status ends nothing by itself (1.6 section 4.9). */
export class TypeormFreeConnectors {
  constructor(private readonly dataSource: DataSource) {}

  /** The last status of each connector counts. */
  async write(words: readonly ConnectorStatus[]): Promise<void> {
    const rows = words.map(({ receivedAt, saidAt, ...word }, place) => ({ ...word, at: receivedAt, said_at: new Date(saidAt), place }));
    await this.dataSource.query(
      `UPDATE transactions.transactions t SET freed_at = CASE WHEN NOT said.free THEN NULL WHEN ${INACTIVE_SINCE_FREE} THEN t.freed_at ELSE said.at END,
         freed_said_at = CASE WHEN NOT said.free THEN NULL WHEN ${INACTIVE_SINCE_FREE} THEN t.freed_said_at ELSE said.said_at END
       FROM (SELECT DISTINCT ON (tenant, station, evse, connector) * FROM json_to_recordset($1::json)
         AS word(tenant text, station text, evse bigint, connector bigint, free boolean, at timestamptz, said_at timestamptz, place integer)
         ORDER BY tenant, station, evse, connector, place DESC) AS said
       WHERE t.tenant = said.tenant AND t.station = said.station AND t.evse = said.evse AND t.ended_at IS NULL
         AND (said.connector IS NULL OR coalesce((t.state #>> '{place,connector}')::bigint, said.connector) = said.connector)
         AND (said.free OR t.freed_at IS NOT NULL)`,
      [JSON.stringify(rows)],
    );
  }
}
