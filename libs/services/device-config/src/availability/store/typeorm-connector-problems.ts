import type { StationRef } from '@voltbus/contracts';
import { withoutSecrets } from '@voltbus/ocpp';
import type { DataSource } from 'typeorm';
import type { ReportTimes } from '../../status-history';

/** Components of one station whose problems are kept: more than any station has, and a bound on what one station can make us store. */
export const MAX_PROBLEMS = 200;

/** A station reports that a component of it has a problem, or has none any more. */
export interface ProblemReport extends StationRef, ReportTimes {
  /** The same however often the message is delivered. */
  id: string;
  /** 0: the station. */
  evse: number;
  /** 0: the EVSE. */
  connector: number;
  component: string;
  active: boolean;
  /** The vendor's error code and its description. */
  code: string | null;
  info: string | null;
}

const WRITE = `
WITH reported AS (
  SELECT DISTINCT ON (tenant, station, evse, connector, component) *
  FROM json_to_recordset($1::json) AS r(tenant text, station text, evse bigint, connector bigint, component text, active boolean, code text,
    info text, changed_at timestamptz, received_at timestamptz, epoch bigint, place integer)
  ORDER BY tenant, station, evse, connector, component, epoch DESC, changed_at DESC, place DESC
), numbered AS (
  SELECT r.*, EXISTS (SELECT FROM device_config.connector_problems p WHERE (p.tenant, p.station, p.evse, p.connector, p.component) =
      (r.tenant, r.station, r.evse, r.connector, r.component)) AS known,
    (SELECT count(*) FROM device_config.connector_problems p WHERE (p.tenant, p.station) = (r.tenant, r.station))
      + row_number() OVER (PARTITION BY r.tenant, r.station ORDER BY r.place) AS number
  FROM reported r JOIN device_config.stations s USING (tenant, station)
)
INSERT INTO device_config.connector_problems AS known (tenant, station, evse, connector, component, active, code, info, changed_at, active_since, epoch)
SELECT tenant, station, evse, connector, component, active, code, info, changed_at, received_at, epoch FROM numbered n WHERE n.known OR n.number <= $2
ON CONFLICT (tenant, station, evse, connector, component) DO UPDATE
SET active = excluded.active, code = excluded.code, info = excluded.info, changed_at = excluded.changed_at, epoch = excluded.epoch,
  active_since = CASE WHEN known.active THEN coalesce(known.active_since, known.changed_at) ELSE excluded.active_since END
WHERE known.epoch < excluded.epoch OR (known.epoch = excluded.epoch AND known.changed_at <= excluded.changed_at)`;

/** Problems of stations' components. Fenced by epoch, as connector states are: of one connection the newest time wins. */
export class TypeormConnectorProblems {
  constructor(private readonly dataSource: DataSource) {}

  /** Drops reports of unknown stations, which were deleted meanwhile, and new components beyond `MAX_PROBLEMS` of one station. */
  async writeMany(reports: readonly ProblemReport[]): Promise<void> {
    const rows = reports.map(({ tenant, station, evse, connector, component, active, at, receivedAt, code, info, epoch }, place) => ({
      ...{ tenant, station, evse, connector, component, active, epoch, place },
      ...withoutSecrets({ code, info }),
      ...{ changed_at: new Date(at), received_at: new Date(receivedAt) },
    }));
    await this.dataSource.query(WRITE, [JSON.stringify(rows), MAX_PROBLEMS]);
  }
}
