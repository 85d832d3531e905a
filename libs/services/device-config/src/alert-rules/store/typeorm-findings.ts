import type { Alert } from '@voltbus/contracts';
import { amongIgnoringCase, tryLocks } from '@voltbus/database';
import type { DataSource } from 'typeorm';
import { isInUse } from '../../status-history';
import type { AlertRule, Finding } from '../domain/alert-rule';
import { MAX_ALERTS_OF_RULE, MAX_JUDGEMENT_MS, USUAL_DAYS } from '../limits';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** What a kind of rule finds of the stations of a condition (`s`). `$1` tenant, `$4` an instant, `$5` a number of its own. */
type Findings = (ofStations: string) => string;

const OFFLINE: Findings = (ofStations) => `
SELECT s.station, 0 AS evse, 'not connected since ' || to_char(s.last_seen_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS info
FROM device_config.stations s WHERE ${ofStations} AND NOT s.online AND s.last_seen_at < $4`;

const FAULTY: Findings = (ofStations) => `
SELECT station, evse, min(info) AS info FROM (
  SELECT s.station, c.evse::integer AS evse, coalesce(nullif(c.error_code, 'NoError'), c.status) AS info FROM device_config.stations s
  JOIN device_config.connectors c USING (tenant, station)
  WHERE ${ofStations} AND c.status = 'Faulted' AND coalesce(c.status_since, c.received_at, c.changed_at) < $4
  UNION ALL
  SELECT s.station, p.evse::integer, p.component FROM device_config.stations s JOIN device_config.connector_problems p USING (tenant, station)
  WHERE ${ofStations} AND p.active AND coalesce(p.active_since, p.changed_at) < $4) AS faulty
GROUP BY station, evse`;

const ALERTED: Findings = (ofStations) => `
SELECT s.station, (a.body ->> 'evse')::integer AS evse, min(concat_ws('/', a.body ->> 'component', a.body ->> 'variable')) AS info
FROM device_config.stations s JOIN device_config.alerts a USING (tenant, station)
WHERE ${ofStations} AND a.rule IS NULL AND a.cleared_at IS NULL AND a.raised_at < $4 AND a.severity <= $5
GROUP BY 1, 2`;

/**
 * A session begins when a connector becomes one that a vehicle uses: 1.6 has five statuses for that. One that goes on is one, too. Ports that were used of late,
 * which are most, are left out before the history is read: by what their connectors say of it, then by a look at a few entries, which also finds late reports.
 */
const UNUSED: Findings = (ofStations) => `
SELECT idle.station, idle.evse, usual.sessions || ' sessions in the ${USUAL_DAYS} days before, none since' AS info
FROM (SELECT s.station, c.evse::integer AS evse FROM device_config.stations s
  JOIN (SELECT tenant, station, evse, bool_or(${isInUse('status')}) AS is_used, max(used_at) AS used_at FROM device_config.connectors WHERE evse > 0
    GROUP BY tenant, station, evse) c USING (tenant, station)
  WHERE ${ofStations} AND NOT c.is_used AND (c.used_at < $4 OR c.used_at IS NULL) AND (SELECT true FROM device_config.status_history h
    WHERE h.tenant = s.tenant AND h.station = s.station AND h.evse = c.evse AND h.kind = 'status' AND ${isInUse('h.status')} AND NOT h.superseded
      AND h.at >= $4 LIMIT 1) IS NULL OFFSET 0) AS idle
CROSS JOIN LATERAL (
  SELECT count(*) FILTER (WHERE is_used AND was_used IS NOT TRUE) AS sessions, bool_or(is_used AND (replaced_at IS NULL OR replaced_at >= $4)) AS goes_on
  FROM (SELECT replaced_at, ${isInUse('h.status')} AS is_used,
      lag(${isInUse('h.status')}) OVER (PARTITION BY h.connector ORDER BY h.at, h.number) AS was_used
    FROM device_config.status_history h WHERE h.tenant = $1 AND h.station = idle.station AND h.evse = idle.evse AND h.kind = 'status' AND NOT h.superseded
      AND h.at < $4 AND h.at >= $4::timestamptz - make_interval(days => ${USUAL_DAYS})) AS entries) AS usual
WHERE usual.sessions >= $5 AND usual.goes_on IS NOT TRUE`;

/** Those of which the rule has an alert open come first: what is found beyond the bound must not clear one. */
function boundedBy(findings: string): string {
  return `SELECT f.station, f.evse, f.info FROM (${findings}) AS f
    ORDER BY (f.station, f.evse) IN (SELECT a.station, (a.body ->> 'evse')::integer FROM device_config.alerts a
      WHERE a.tenant = $1 AND a.rule = $2 AND a.cleared_at IS NULL) DESC, f.station, f.evse LIMIT $3`;
}

/** What rules find, and the alerts that they have open. */
export class TypeormFindings {
  constructor(private readonly dataSource: DataSource) {}

  /** Does the work in one process at a time; the others do nothing. The lock lasts for `MAX_JUDGEMENT_MS`: its transaction is idle meanwhile. */
  async alone(work: () => Promise<void>): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      await manager.query("SELECT set_config('idle_in_transaction_session_timeout', $1, true)", [String(MAX_JUDGEMENT_MS)]);
      const [isMine] = await tryLocks(manager, ['checks of alert rules']);
      if (isMine === true) await work();
    });
  }

  /** At most `MAX_ALERTS_OF_RULE`. */
  find(tenant: string, { rule, kind, minutes, days, usualSessions, severity, groups }: AlertRule, now: Date): Promise<Finding[]> {
    const before = (ms: number) => new Date(now.getTime() - ms);
    const look = (findings: Findings, values: unknown[]): Promise<Finding[]> => {
      const bound = [tenant, rule, MAX_ALERTS_OF_RULE, ...values];
      const inGroups = groups.length === 0 ? 'true' : amongIgnoringCase('s.station_group')(groups, (value) => `$${bound.push(value)}`);
      return this.dataSource.query(boundedBy(findings(`s.tenant = $1 AND ${inGroups}`)), bound);
    };
    switch (kind) {
      case 'offline':
        return look(OFFLINE, [before(minutes * MINUTE_MS)]);
      case 'fault':
        return look(FAULTY, [before(minutes * MINUTE_MS)]);
      case 'monitor':
        return look(ALERTED, [before(minutes * MINUTE_MS), severity]);
      case 'no-session':
        return look(UNUSED, [before(days * DAY_MS), usualSessions]);
    }
  }

  /** Of all tenants. */
  async open(): Promise<{ key: string; alert: Alert }[]> {
    return this.dataSource.query(
      'SELECT key, body AS alert FROM device_config.alerts WHERE rule IS NOT NULL AND cleared_at IS NULL ORDER BY raised_at',
    );
  }
}

/** What the rules of a database find, for those who measure what that takes. */
export function alertFindings(dataSource: DataSource): Pick<TypeormFindings, 'find'> {
  return new TypeormFindings(dataSource);
}
