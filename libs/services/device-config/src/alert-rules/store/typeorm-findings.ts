import type { Alert } from '@voltbus/contracts';
import { tryLocks } from '@voltbus/database';
import type { DataSource } from 'typeorm';
import { IN_USE } from '../../status-history';
import type { AlertRule, Finding } from '../domain/alert-rule';
import { MAX_ALERTS_OF_RULE, USUAL_DAYS } from '../limits';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** `$1` tenant, `$2` groups in lower case (none: all), `$3` an instant, `$4` the most findings. */
const OF_STATIONS = `s.tenant = $1 AND (cardinality($2::text[]) = 0 OR lower(s.station_group) = ANY($2::text[]))`;

const OFFLINE = `
SELECT s.station, 0 AS evse, 'not connected since ' || to_char(s.last_seen_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS info
FROM device_config.stations s WHERE ${OF_STATIONS} AND NOT s.online AND s.last_seen_at < $3 ORDER BY s.station LIMIT $4`;

const FAULTY = `
SELECT station, evse, min(info) AS info FROM (
  SELECT s.station, c.evse::integer AS evse, coalesce(nullif(c.error_code, 'NoError'), c.status) AS info FROM device_config.stations s
  JOIN device_config.connectors c USING (tenant, station)
  WHERE ${OF_STATIONS} AND c.status = 'Faulted' AND coalesce(c.received_at, c.changed_at) < $3
  UNION ALL
  SELECT s.station, p.evse::integer, p.component FROM device_config.stations s JOIN device_config.connector_problems p USING (tenant, station)
  WHERE ${OF_STATIONS} AND p.active AND p.changed_at < $3) AS faulty
GROUP BY station, evse ORDER BY station, evse LIMIT $4`;

const ALERTED = `
SELECT s.station, (a.body ->> 'evse')::integer AS evse, min(concat_ws('/', a.body ->> 'component', a.body ->> 'variable')) AS info
FROM device_config.stations s JOIN device_config.alerts a USING (tenant, station)
WHERE ${OF_STATIONS} AND a.rule IS NULL AND a.cleared_at IS NULL AND a.raised_at < $3 AND a.severity <= $5
GROUP BY 1, 2 ORDER BY 1, 2 LIMIT $4`;

/** A session is a change to a status in which a vehicle uses the connector. One that goes on is one, too. */
const UNUSED = `
SELECT s.station, c.evse::integer AS evse, usual.sessions || ' sessions in the ${USUAL_DAYS} days before, none since' AS info
FROM device_config.stations s JOIN (SELECT DISTINCT tenant, station, evse FROM device_config.connectors WHERE evse > 0) c USING (tenant, station)
CROSS JOIN LATERAL (SELECT count(*) AS sessions FROM device_config.status_history h
  WHERE h.tenant = s.tenant AND h.station = s.station AND h.evse = c.evse AND h.kind = 'status' AND h.status = ANY($6::text[]) AND NOT h.superseded
    AND h.at < $3 AND h.at >= $3 - make_interval(days => ${USUAL_DAYS})) AS usual
WHERE ${OF_STATIONS} AND usual.sessions >= $5 AND NOT EXISTS (SELECT FROM device_config.status_history h
  WHERE h.tenant = s.tenant AND h.station = s.station AND h.evse = c.evse AND h.kind = 'status' AND h.status = ANY($6::text[]) AND NOT h.superseded
    AND (h.replaced_at IS NULL OR h.replaced_at >= $3))
ORDER BY 1, 2 LIMIT $4`;

/** What rules find, and the alerts that they have open. */
export class TypeormFindings {
  constructor(private readonly dataSource: DataSource) {}

  /** Does the work in one process at a time; the others do nothing. */
  async alone(work: () => Promise<void>): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const [isMine] = await tryLocks(manager, ['checks of alert rules']);
      if (isMine === true) await work();
    });
  }

  find(tenant: string, { kind, minutes, days, usualSessions, severity, groups }: AlertRule, now: Date): Promise<Finding[]> {
    const names = groups.map((group) => group.toLowerCase());
    const before = (ms: number) => [tenant, names, new Date(now.getTime() - ms), MAX_ALERTS_OF_RULE];
    switch (kind) {
      case 'offline':
        return this.dataSource.query(OFFLINE, before(minutes * MINUTE_MS));
      case 'fault':
        return this.dataSource.query(FAULTY, before(minutes * MINUTE_MS));
      case 'monitor':
        return this.dataSource.query(ALERTED, [...before(minutes * MINUTE_MS), severity]);
      case 'no-session':
        return this.dataSource.query(UNUSED, [...before(days * DAY_MS), usualSessions, [...IN_USE]]);
    }
  }

  /** Of all tenants. */
  async open(): Promise<{ key: string; alert: Alert }[]> {
    return this.dataSource.query(
      'SELECT key, body AS alert FROM device_config.alerts WHERE rule IS NOT NULL AND cleared_at IS NULL ORDER BY raised_at',
    );
  }
}
