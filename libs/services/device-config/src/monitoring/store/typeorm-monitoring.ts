import type { StationRef } from '@voltbus/contracts';
import { TypeormList, among, amongIgnoringCase, filteredBy, type ListDefinition, type ListSource } from '@voltbus/database';
import type { DataSource, EntityManager } from 'typeorm';
import { inStation } from '../../stations/typeorm-in-station';
import type { Monitor, Monitoring } from '../domain/monitor';
import { MAX_MONITORS } from '../limits';

interface MonitorFilters {
  station: string;
  component?: string[] | undefined;
  variable?: string[] | undefined;
  type?: string[] | undefined;
  /** At most this number: the lower, the more severe. */
  severity?: number | undefined;
}
type MonitorSort = 'id';

export interface MonitorRow {
  body: Monitor;
  reportedAt: Date;
  bootedAt: Date | null;
}

const MONITOR_LIST: ListDefinition<MonitorFilters, MonitorSort> = {
  columns: 'm.body, m.reported_at AS "reportedAt", s.booted_at AS "bootedAt"',
  from: 'device_config.monitors m JOIN device_config.stations s ON s.tenant = m.tenant AND s.station = m.station',
  owner: 'm.tenant',
  station: 'm.station',
  id: [{ sql: 'm.id', type: 'integer' }],
  sorts: { id: [] },
  filters: {
    station: (station, bind) => `m.station = ${bind(station)}`,
    component: amongIgnoringCase('m.component'),
    variable: amongIgnoringCase('m.variable'),
    type: among('m.type'),
    severity: (most, bind) => `m.severity <= ${bind(most)}::integer`,
  },
};

const NONE: Monitoring = { base: null, level: null, report: null };

/** Monitors of stations. */
export class TypeormMonitoring {
  private readonly monitors: TypeormList<MonitorRow, MonitorFilters, MonitorSort>;

  constructor(private readonly dataSource: DataSource) {
    this.monitors = new TypeormList(dataSource, MONITOR_LIST);
  }

  /** One change of a station's monitors at a time; nothing is done where there is no such station. */
  inStation<T>(ref: StationRef, work: (unit: MonitoringUnit) => Promise<T>): Promise<T | null> {
    return inStation(this.dataSource, 'monitors', ref, (manager) => work(new MonitoringUnit(manager, ref)));
  }

  list({ tenant, station }: StationRef): ListSource<MonitorRow, Omit<MonitorFilters, 'station'>, MonitorSort> {
    return filteredBy(this.monitors.of(tenant), { station });
  }
}

/** The monitors of one station within its database transaction. */
export class MonitoringUnit {
  constructor(
    private readonly manager: EntityManager,
    private readonly ref: StationRef,
  ) {}

  async load(): Promise<Monitoring> {
    const rows: Monitoring[] = await this.manager.query(
      'SELECT base, level, report FROM device_config.monitoring WHERE tenant = $1 AND station = $2',
      this.key,
    );
    return rows[0] ?? NONE;
  }

  async write({ base, level, report }: Monitoring): Promise<void> {
    await this.manager.query(
      `INSERT INTO device_config.monitoring (tenant, station, base, level, report) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (tenant, station) DO UPDATE SET base = excluded.base, level = excluded.level, report = excluded.report`,
      [...this.key, base, level, report === null ? null : JSON.stringify(report)],
    );
  }

  /** Known monitors are always written; of new ones as many as there is room for. What was reported later stays. */
  async add(monitors: readonly Monitor[], at: Date): Promise<void> {
    const last = [...new Map(monitors.map((body) => [body.id, { ...body, body }])).values()];
    if (last.length === 0) return;
    await this.manager.query(
      `WITH given AS (SELECT * FROM json_to_recordset($3::json)
         AS g(id integer, component text, variable text, type text, severity integer, body jsonb)),
       numbered AS (SELECT g.*, k.id IS NOT NULL AS known, row_number() OVER (PARTITION BY k.id IS NOT NULL ORDER BY g.id) AS nth
         FROM given g LEFT JOIN device_config.monitors k ON k.tenant = $1 AND k.station = $2 AND k.id = g.id)
       INSERT INTO device_config.monitors AS m (tenant, station, id, component, variable, type, severity, body, reported_at)
       SELECT $1, $2, id, component, variable, type, severity, body, $4 FROM numbered
       WHERE known OR nth <= $5 - (SELECT count(*) FROM device_config.monitors WHERE tenant = $1 AND station = $2)
       ON CONFLICT (tenant, station, id) DO UPDATE SET component = excluded.component, variable = excluded.variable, type = excluded.type,
         severity = excluded.severity, body = excluded.body, reported_at = excluded.reported_at WHERE m.reported_at <= excluded.reported_at`,
      [...this.key, JSON.stringify(last), at, MAX_MONITORS],
    );
  }

  async remove(ids: readonly number[]): Promise<void> {
    if (ids.length === 0) return;
    await this.manager.query('DELETE FROM device_config.monitors WHERE tenant = $1 AND station = $2 AND id = ANY($3::integer[])', [
      ...this.key,
      ids,
    ]);
  }

  /** A report of everything has not named these. */
  async removeReportedBefore(instant: Date): Promise<void> {
    await this.manager.query('DELETE FROM device_config.monitors WHERE tenant = $1 AND station = $2 AND reported_at < $3', [
      ...this.key,
      instant,
    ]);
  }

  /** N03: another base has other monitors; only the built-in ones stay. */
  async removeAllButBuiltIn(): Promise<void> {
    await this.manager.query(
      `DELETE FROM device_config.monitors WHERE tenant = $1 AND station = $2 AND body ->> 'kind' IS DISTINCT FROM 'HardWiredMonitor'`,
      this.key,
    );
  }

  private get key(): [string, string] {
    return [this.ref.tenant, this.ref.station];
  }
}
