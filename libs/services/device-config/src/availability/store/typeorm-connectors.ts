import type { StationRef } from '@voltbus/contracts';
import type { DataSource } from 'typeorm';
import { isInUse, type ReportTimes } from '../../status-history';

/** The state of one of a station's connectors, as the station reports it. */
export interface StatusReport extends StationRef, ReportTimes {
  /** The same however often the message is delivered. */
  id: string;
  evse: number;
  connector: number;
  status: string;
  errorCode: string | null;
  /** 1.6: the vendor's code, whose it is, and an explanation. */
  vendorErrorCode: string | null;
  vendorId: string | null;
  info: string | null;
}

/** Connectors kept of one station, its own state (0, 0) among them: the largest cabinets have some dozens. Beyond, reports are only counted. */
export const MAX_CONNECTORS = 128;

/** Known connectors are always written; of new ones the lowest numbers, as long as there is room. $1: the reports, $2: the room. */
const WRITE = `
WITH reported AS (
  SELECT DISTINCT ON (tenant, station, evse, connector) tenant, station, evse, connector, status, error_code, changed_at, received_at, epoch
  FROM json_to_recordset($1::json) AS report(tenant text, station text, evse bigint, connector bigint, status text, error_code text,
    changed_at timestamptz, received_at timestamptz, epoch bigint, place integer)
  JOIN device_config.stations s USING (tenant, station)
  ORDER BY tenant, station, evse, connector, epoch DESC, changed_at DESC, place DESC),
numbered AS (
  SELECT reported.*, is_known, row_number() OVER (PARTITION BY reported.tenant, reported.station, is_known ORDER BY evse, connector) AS nth
  FROM reported CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM device_config.connectors k WHERE k.tenant = reported.tenant AND k.station = reported.station
    AND k.evse = reported.evse AND k.connector = reported.connector) AS is_known) AS looked),
judged AS (
  SELECT *, is_known OR nth <= $2 - (SELECT count(*) FROM device_config.connectors k WHERE k.tenant = n.tenant AND k.station = n.station) AS fits
  FROM numbered n),
written AS (
  INSERT INTO device_config.connectors AS known (tenant, station, evse, connector, status, error_code, changed_at, received_at, status_since, used_at, epoch)
  SELECT tenant, station, evse, connector, status, error_code, changed_at, received_at, received_at,
    CASE WHEN ${isInUse('status')} THEN least(changed_at, received_at) END, epoch FROM judged WHERE fits
  ON CONFLICT (tenant, station, evse, connector) DO UPDATE
  SET status = excluded.status, error_code = excluded.error_code, changed_at = excluded.changed_at, received_at = excluded.received_at, epoch = excluded.epoch,
    status_since = CASE WHEN known.status = excluded.status THEN coalesce(known.status_since, known.received_at, known.changed_at)
      ELSE excluded.received_at END,
    used_at = CASE WHEN ${isInUse('known.status')} OR ${isInUse('excluded.status')} THEN greatest(known.used_at, least(excluded.changed_at, excluded.received_at))
      ELSE known.used_at END
  WHERE known.epoch < excluded.epoch OR (known.epoch = excluded.epoch AND known.changed_at <= excluded.changed_at)),
beyond AS (
  UPDATE device_config.stations s SET reports_not_kept = reports_not_kept + b.count
  FROM (SELECT tenant, station, count(*) AS count FROM judged WHERE NOT fits GROUP BY tenant, station) AS b
  WHERE s.tenant = b.tenant AND s.station = b.station RETURNING b.count)
SELECT coalesce(sum(count), 0)::integer AS beyond FROM beyond`;

/** Connector states. */
export class TypeormConnectors {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Resolves to how many reports were not kept. Fenced by epoch: of one connection the newest time wins, and of one time the last report. A newer connection
   * is believed whatever its clock shows, because a station may have restarted behind its time. Reports of unknown stations are dropped: they were deleted meanwhile.
   */
  async writeMany(reports: readonly StatusReport[]): Promise<number> {
    const rows = reports.map(({ tenant, station, evse, connector, status, errorCode, at, receivedAt, epoch }, place) => ({
      ...{ tenant, station, evse, connector, status, epoch, place },
      ...{ error_code: errorCode, changed_at: new Date(at), received_at: new Date(receivedAt) },
    }));
    const [row]: { beyond: number }[] = await this.dataSource.query(WRITE, [JSON.stringify(rows), MAX_CONNECTORS]);
    return row?.beyond ?? 0;
  }
}
