import type { StationRef } from '@voltbus/contracts';
import type { DataSource } from 'typeorm';

/** What a station said of one of its connectors. */
export interface StatusReport extends StationRef {
  evse: number;
  connector: number;
  status: string;
  errorCode: string | null;
  /** Epoch milliseconds, clamped. */
  at: number;
  /** Of the connection it came by. */
  epoch: number;
}

/** Connector states. */
export class TypeormConnectors {
  /** `written`: called after each write with the stations that it was about. */
  constructor(
    private readonly dataSource: DataSource,
    private readonly written: (stations: StationRef[]) => void = () => undefined,
  ) {}

  /**
   * Fenced by epoch; of one connection the newest time wins, and of one time what was said last. A newer connection is believed whatever its clock
   * says: a station may have restarted behind its time. Unknown stations' are dropped: they were deleted meanwhile.
   */
  async writeMany(reports: readonly StatusReport[]): Promise<void> {
    const rows = reports.map(({ errorCode, at, ...rest }, place) => ({ ...rest, error_code: errorCode, changed_at: new Date(at), place }));
    await this.dataSource.query(
      `INSERT INTO device_config.connectors AS known (tenant, station, evse, connector, status, error_code, changed_at, epoch)
       SELECT DISTINCT ON (tenant, station, evse, connector) tenant, station, evse, connector, status, error_code, changed_at, epoch
       FROM json_to_recordset($1::json) AS said(tenant text, station text, evse bigint, connector bigint, status text, error_code text,
         changed_at timestamptz, epoch bigint, place integer)
       JOIN device_config.stations s USING (tenant, station)
       ORDER BY tenant, station, evse, connector, epoch DESC, changed_at DESC, place DESC
       ON CONFLICT (tenant, station, evse, connector) DO UPDATE
       SET status = excluded.status, error_code = excluded.error_code, changed_at = excluded.changed_at, epoch = excluded.epoch
       WHERE known.epoch < excluded.epoch OR (known.epoch = excluded.epoch AND known.changed_at <= excluded.changed_at)`,
      [JSON.stringify(rows)],
    );
    this.written(reports.map(({ tenant, station }) => ({ tenant, station })));
  }
}
