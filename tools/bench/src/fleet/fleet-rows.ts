import { Client } from 'pg';
import { FIRMWARE } from './fleet-messages';

export const TENANT = 'fleet';
/** The first station of each version; the system itself stores what these report, and the others are copies of it. */
export const TEMPLATES = ['fleet-00000', 'fleet-00001'] as const;
/** Entries of the status history of each station: as many as a port has in two months. */
export const HISTORY = 100;
/** A session of 1.6 has four entries: two sessions in three days. */
const HOURS_BETWEEN = 8;
/** One station in so many was last used before that. */
const UNUSED = { share: 50, days: 10 };

/** Of station `n`: its name, and the one that it is a copy of. Every group has a hundredth of the fleet. */
const COPIES = `(SELECT 'fleet-' || lpad(n::text, 5, '0') AS station, n, 'fleet-' || lpad((n % 2)::text, 5, '0') AS template
  FROM generate_series(2, $1::integer - 1) AS n) AS f`;

const STATIONS = `
INSERT INTO device_config.stations (tenant, station, station_group, station_name, vendor, model, serial_number, firmware_version, protocol, report_firmware,
  self_registered, registration)
SELECT t.tenant, f.station, 'group-' || f.n % 100, 'Station ' || f.n, t.vendor, t.model, 'SN' || f.n, t.firmware_version, t.protocol, '${FIRMWARE}',
  t.self_registered, t.registration
FROM ${COPIES} JOIN device_config.stations t ON t.tenant = '${TENANT}' AND t.station = f.template`;

const VARIABLES = `
INSERT INTO device_config.variables (tenant, station, id, component, component_instance, evse, connector, variable, variable_instance, config_key, attributes,
  characteristics, secret, reported_at)
SELECT t.tenant, f.station, t.id, t.component, t.component_instance, t.evse, t.connector, t.variable, t.variable_instance, t.config_key, t.attributes,
  t.characteristics, t.secret, t.reported_at
FROM ${COPIES} JOIN device_config.variables t ON t.tenant = '${TENANT}' AND t.station = f.template`;

const CONNECTORS = `
INSERT INTO device_config.connectors (tenant, station, evse, connector, status, error_code, changed_at, received_at, status_since, used_at, epoch)
SELECT t.tenant, f.station, t.evse, t.connector, t.status, t.error_code, t.changed_at, t.received_at, t.status_since,
  now() - CASE WHEN f.n % ${UNUSED.share} = 0 THEN interval '${UNUSED.days} days' ELSE interval '${HOURS_BETWEEN} hours' END, t.epoch
FROM ${COPIES} JOIN device_config.connectors t ON t.tenant = '${TENANT}' AND t.station = f.template`;

/** The entries of a copy reach back ${HOURS_BETWEEN} hours each, of some stations from some days ago. */
const STATUS_HISTORY = `
INSERT INTO device_config.status_history (tenant, id, station, evse, connector, kind, component, status, error_code, at, received_at, station_time, confirmed_at,
  replaced_at, superseded, epoch)
SELECT t.tenant, md5(f.station || t.id)::uuid, f.station, t.evse, t.connector, t.kind, t.component, t.status, t.error_code, p.at, p.at, p.at, p.at,
  CASE WHEN t.nth > 1 THEN p.at + interval '${HOURS_BETWEEN} hours' END, t.superseded, t.epoch
FROM ${COPIES} JOIN (SELECT *, row_number() OVER (PARTITION BY station ORDER BY number DESC) AS nth FROM device_config.status_history
  WHERE tenant = '${TENANT}' AND station IN ('${TEMPLATES.join("', '")}') AND kind = 'status') AS t ON t.station = f.template
CROSS JOIN LATERAL (SELECT now() - t.nth * interval '${HOURS_BETWEEN} hours'
  - CASE WHEN f.n % ${UNUSED.share} = 0 THEN interval '${UNUSED.days} days' ELSE interval '0' END AS at) AS p`;

const CONFIGURATIONS = `
INSERT INTO device_config.station_configurations (tenant, station, own_values, paused, state, differences, checked_at, next_at, commands, unread)
SELECT t.tenant, f.station, t.own_values, t.paused, t.state, t.differences, now(), now() + interval '1 day', '{}', t.unread
FROM ${COPIES} JOIN device_config.station_configurations t ON t.tenant = '${TENANT}' AND t.station = f.template
ON CONFLICT (tenant, station) DO UPDATE SET state = excluded.state, differences = excluded.differences, checked_at = excluded.checked_at,
  next_at = excluded.next_at, phase = NULL, phase_at = NULL, commands = '{}'`;

/** Tables whose size is that of stations. */
const SIZED = ['variables', 'status_history', 'stations', 'connectors'];

export interface TableSize {
  table: string;
  rows: number;
  /** Of the rows and of the indexes. */
  bytes: number;
  indexBytes: number;
}

/** The database of the fleet, as it stands there. */
export class FleetRows {
  private constructor(private readonly client: Client) {}

  static async open(connectionString: string): Promise<FleetRows> {
    const client = new Client({ connectionString });
    await client.connect();
    return new FleetRows(client);
  }

  /** Copies what the system has stored of the two stations that have reported, so that there are so many. */
  async copyTo(stations: number): Promise<void> {
    for (const sql of [STATIONS, VARIABLES, CONNECTORS, STATUS_HISTORY]) await this.client.query(sql, [stations]);
    await this.settle();
  }

  /** As if each station had been checked against the profiles, and differed as the two do. */
  async copyConfigurations(stations: number): Promise<void> {
    await this.client.query(CONFIGURATIONS, [stations]);
    await this.settle();
  }

  /** What autovacuum does in the minutes after. */
  async settle(): Promise<void> {
    for (const table of [...SIZED, 'station_configurations', 'evse_ids', 'alerts'])
      await this.client.query(`VACUUM (ANALYZE) device_config.${table}`);
  }

  async sizes(): Promise<TableSize[]> {
    return this.rows<TableSize>(
      `SELECT relname AS table, reltuples::float8 AS rows, pg_table_size(oid)::float8 AS bytes, pg_indexes_size(oid)::float8 AS "indexBytes"
       FROM pg_class WHERE relnamespace = 'device_config'::regnamespace AND relname = ANY($1::text[]) ORDER BY pg_total_relation_size(oid) DESC`,
      [SIZED],
    );
  }

  async count(sql: string, values: readonly unknown[] = []): Promise<number> {
    const [row] = await this.rows<{ count: string }>(sql, values);
    return Number(row?.count ?? 0);
  }

  async rows<T extends object>(sql: string, values: readonly unknown[] = []): Promise<T[]> {
    const { rows } = await this.client.query<T>(sql, [...values]);
    return rows;
  }

  close(): Promise<void> {
    return this.client.end();
  }
}
