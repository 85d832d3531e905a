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

/** Connectors kept of one station, its own state (0, 0) among them: the largest cabinets have some dozens. Beyond, reports are only counted. */
export const MAX_CONNECTORS = 128;

/** What is known already is always written; of what is new the lowest numbers, as long as there is room. $1: the reports, $2: the room. */
const WRITE = `
WITH said AS (
  SELECT DISTINCT ON (tenant, station, evse, connector) tenant, station, evse, connector, status, error_code, changed_at, epoch
  FROM json_to_recordset($1::json) AS said(tenant text, station text, evse bigint, connector bigint, status text, error_code text,
    changed_at timestamptz, epoch bigint, place integer)
  JOIN device_config.stations s USING (tenant, station)
  ORDER BY tenant, station, evse, connector, epoch DESC, changed_at DESC, place DESC),
numbered AS (
  SELECT said.*, is_known, row_number() OVER (PARTITION BY said.tenant, said.station, is_known ORDER BY evse, connector) AS nth
  FROM said CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM device_config.connectors k WHERE k.tenant = said.tenant AND k.station = said.station
    AND k.evse = said.evse AND k.connector = said.connector) AS is_known) AS looked),
judged AS (
  SELECT *, is_known OR nth <= $2 - (SELECT count(*) FROM device_config.connectors k WHERE k.tenant = n.tenant AND k.station = n.station) AS fits
  FROM numbered n),
written AS (
  INSERT INTO device_config.connectors AS known (tenant, station, evse, connector, status, error_code, changed_at, epoch)
  SELECT tenant, station, evse, connector, status, error_code, changed_at, epoch FROM judged WHERE fits
  ON CONFLICT (tenant, station, evse, connector) DO UPDATE
  SET status = excluded.status, error_code = excluded.error_code, changed_at = excluded.changed_at, epoch = excluded.epoch
  WHERE known.epoch < excluded.epoch OR (known.epoch = excluded.epoch AND known.changed_at <= excluded.changed_at)),
beyond AS (
  UPDATE device_config.stations s SET reports_not_kept = reports_not_kept + b.count
  FROM (SELECT tenant, station, count(*) AS count FROM judged WHERE NOT fits GROUP BY tenant, station) AS b
  WHERE s.tenant = b.tenant AND s.station = b.station RETURNING b.count)
SELECT coalesce(sum(count), 0)::integer AS beyond FROM beyond`;

/** Connector states. */
export class TypeormConnectors {
  /** `written`: called after each write with the stations that it was about. `beyond`: with how many reports were not kept. */
  constructor(
    private readonly dataSource: DataSource,
    private readonly written: (stations: StationRef[]) => void = () => undefined,
    private readonly beyond: (reports: number) => void = () => undefined,
  ) {}

  /**
   * Fenced by epoch; of one connection the newest time wins, and of one time what was said last. A newer connection is believed whatever its clock
   * says: a station may have restarted behind its time. Unknown stations' are dropped: they were deleted meanwhile.
   */
  async writeMany(reports: readonly StatusReport[]): Promise<void> {
    const rows = reports.map(({ errorCode, at, ...rest }, place) => ({ ...rest, error_code: errorCode, changed_at: new Date(at), place }));
    const [row]: { beyond: number }[] = await this.dataSource.query(WRITE, [JSON.stringify(rows), MAX_CONNECTORS]);
    if (row !== undefined && row.beyond > 0) this.beyond(row.beyond);
    this.written(reports.map(({ tenant, station }) => ({ tenant, station })));
  }
}
