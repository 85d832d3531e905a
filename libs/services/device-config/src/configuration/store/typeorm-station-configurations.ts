import type { Protocol, StationRef } from '@voltbus/contracts';
import { TypeormList, lockNamed, type ListSource } from '@voltbus/database';
import type { DataSource, EntityManager } from 'typeorm';
import type { DescribedStation } from '../../stations/station-filter';
import type { ProfileValue } from '../domain/profile';
import type { Attempt, ItemState } from '../domain/wanted';
import { CHECK_TIMEOUT_MS, MAX_UNREAD, SETTLE_MS } from '../limits';
import { CONFIGURATION_LIST, type ConfigurationFilters, type ConfigurationRow, type ConfigurationSort } from './configuration-list';

export type Phase = 'reading' | 'setting';

/** What an operator has set of a station. */
export interface OwnConfiguration {
  values: ProfileValue[];
  paused: boolean;
}

/** A station's configuration as its last check left it. */
export interface StationConfiguration extends OwnConfiguration {
  state: ItemState | null;
  differences: number;
  checkedAt: Date | null;
  nextAt: Date | null;
  phase: Phase | null;
  phaseAt: Date | null;
  commands: string[];
  /** Checks in a row that the station did not answer. */
  unread: number;
}

/** A station, as far as its configuration depends on it. */
export interface ConfiguredStation extends DescribedStation {
  protocol: Protocol | null;
}

const NONE: StationConfiguration = {
  ...{ values: [], paused: false, state: null, differences: 0, checkedAt: null, nextAt: null },
  ...{ phase: null, phaseAt: null, commands: [], unread: 0 },
};
const COLUMNS = `own_values AS values, paused, state, differences, checked_at AS "checkedAt", next_at AS "nextAt", phase, phase_at AS "phaseAt", commands, unread`;

/** Stations that are due: connected, through with their boot, and not checked since it, since a profile changed, or for too long. */
const DUE = `
SELECT s.tenant, s.station FROM device_config.stations s
JOIN device_config.configuration_revisions r ON r.tenant = s.tenant
LEFT JOIN device_config.station_configurations c ON c.tenant = s.tenant AND c.station = s.station
WHERE s.online AND s.registration = 'accepted' AND s.protocol IS NOT NULL AND s.booted_at < $1 AND coalesce(NOT c.paused AND c.phase IS NULL, true)
  AND (c.checked_at IS NULL OR c.next_at <= $2 OR (s.booted_at > c.checked_at AND c.unread < $4) OR r.changed_at > c.checked_at)
ORDER BY c.checked_at NULLS FIRST LIMIT $3`;

/** The configuration of stations: what they shall have of their own, and how far they are. */
export class TypeormStationConfigurations {
  private readonly listed: TypeormList<ConfigurationRow, ConfigurationFilters, ConfigurationSort>;

  constructor(private readonly dataSource: DataSource) {
    this.listed = new TypeormList(dataSource, CONFIGURATION_LIST);
  }

  list(tenant: string): ListSource<ConfigurationRow, ConfigurationFilters, ConfigurationSort> {
    return this.listed.of(tenant);
  }

  /** As if it had none of its own, where nothing is stored. */
  async find(ref: StationRef): Promise<StationConfiguration> {
    return (await load(this.dataSource.manager, ref)) ?? NONE;
  }

  station(ref: StationRef): Promise<ConfiguredStation | null> {
    return stationOf(this.dataSource.manager, ref);
  }

  async attempts({ tenant, station }: StationRef): Promise<Map<string, Attempt>> {
    const rows: Attempt[] = await this.dataSource.query(
      'SELECT item AS id, value, result, firmware, tries, at FROM device_config.configuration_attempts WHERE tenant = $1 AND station = $2',
      [tenant, station],
    );
    return new Map(rows.map((row) => [row.id, row]));
  }

  /** Nothing is remembered of values that the station shall not have any more. */
  async forgetAttemptsBut({ tenant, station }: StationRef, items: readonly string[]): Promise<void> {
    await this.dataSource.query(
      'DELETE FROM device_config.configuration_attempts WHERE tenant = $1 AND station = $2 AND NOT (item = ANY($3::text[]))',
      [tenant, station, items],
    );
  }

  /** Values that the station did not answer are set again, as if they had never been set. */
  async forgetUnanswered({ tenant, station }: StationRef): Promise<void> {
    await this.dataSource.query('DELETE FROM device_config.configuration_attempts WHERE tenant = $1 AND station = $2 AND tries > 0', [
      tenant,
      station,
    ]);
  }

  /** One change of a station's configuration at a time; nothing is done where there is no such station. */
  inStation<T>(ref: StationRef, work: (unit: ConfigurationUnit, station: ConfiguredStation) => Promise<T>): Promise<T | null> {
    return this.dataSource.transaction(async (manager) => {
      await lockNamed(manager, `configuration of ${ref.tenant}/${ref.station}`);
      const station = await stationOf(manager, ref, 'FOR KEY SHARE');
      return station === null ? null : work(new ConfigurationUnit(manager, ref), station);
    });
  }

  /** Begins as many checks as may be, so that no more than `most` are under way in all processes. One that has lost an answer is made again. */
  begin(most: number, now: Date): Promise<StationRef[]> {
    return this.dataSource.transaction(async (manager) => {
      const tenants: unknown[] = await manager.query('SELECT FROM device_config.configuration_revisions LIMIT 1');
      if (tenants.length === 0) return [];
      await lockNamed(manager, 'checks of configurations');
      await manager.query(
        `UPDATE device_config.station_configurations SET phase = NULL, commands = '{}', next_at = $1 WHERE phase IS NOT NULL AND phase_at < $2`,
        [now, new Date(now.getTime() - CHECK_TIMEOUT_MS)],
      );
      const [row]: { open: number }[] = await manager.query(
        'SELECT count(*)::integer AS open FROM device_config.station_configurations WHERE phase IS NOT NULL',
      );
      const room = Math.max(0, most - (row?.open ?? 0));
      const due: StationRef[] = await manager.query(DUE, [new Date(now.getTime() - SETTLE_MS), now, room, MAX_UNREAD]);
      await manager.query(
        `INSERT INTO device_config.station_configurations (tenant, station, phase, phase_at) SELECT tenant, station, 'reading', $2
         FROM json_to_recordset($1::json) AS due(tenant text, station text) JOIN device_config.stations s USING (tenant, station)
         ON CONFLICT (tenant, station) DO UPDATE SET phase = excluded.phase, phase_at = excluded.phase_at, commands = '{}'`,
        [JSON.stringify(due), now],
      );
      return due;
    });
  }

  /** Whether the command is one of a check of the station. */
  async awaits({ tenant, station }: StationRef, command: string): Promise<boolean> {
    const rows: unknown[] = await this.dataSource.query(
      'SELECT FROM device_config.station_configurations WHERE tenant = $1 AND station = $2 AND $3::uuid = ANY(commands)',
      [tenant, station, command],
    );
    return rows.length > 0;
  }

  /** The tenant's stations are looked at again although none of its profiles has changed. */
  async touch(tenant: string, now: Date): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO device_config.configuration_revisions (tenant, changed_at) SELECT tenant, $2 FROM device_config.tenants WHERE tenant = $1
       ON CONFLICT (tenant) DO NOTHING`,
      [tenant, now],
    );
  }
}

/** The configuration of one station within its database transaction. */
class ConfigurationUnit {
  constructor(
    private readonly manager: EntityManager,
    private readonly ref: StationRef,
  ) {}

  async load(): Promise<StationConfiguration> {
    return (await load(this.manager, this.ref)) ?? NONE;
  }

  async write(configuration: StationConfiguration): Promise<void> {
    const { values, paused, state, differences, checkedAt, nextAt, phase, phaseAt, commands, unread } = configuration;
    await this.manager.query(
      `INSERT INTO device_config.station_configurations (tenant, station, own_values, paused, state, differences, checked_at, next_at, phase, phase_at, commands, unread)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::uuid[], $12)
       ON CONFLICT (tenant, station) DO UPDATE SET own_values = excluded.own_values, paused = excluded.paused, state = excluded.state,
         differences = excluded.differences, checked_at = excluded.checked_at, next_at = excluded.next_at, phase = excluded.phase,
         phase_at = excluded.phase_at, commands = excluded.commands, unread = excluded.unread`,
      [...this.key, JSON.stringify(values), paused, state, differences, checkedAt, nextAt, phase, phaseAt, commands, unread],
    );
  }

  async writeAttempts(attempts: readonly Attempt[]): Promise<void> {
    if (attempts.length === 0) return;
    await this.manager.query(
      `INSERT INTO device_config.configuration_attempts AS known (tenant, station, item, value, result, firmware, tries, at)
       SELECT $1, $2, id, value, result, firmware, tries, at
       FROM json_to_recordset($3::json) AS given(id text, value text, result text, firmware text, tries integer, at timestamptz)
       ON CONFLICT (tenant, station, item) DO UPDATE SET value = excluded.value, result = excluded.result, firmware = excluded.firmware, at = excluded.at,
         tries = excluded.tries + CASE WHEN known.value = excluded.value AND known.firmware = excluded.firmware AND excluded.tries > 0 THEN known.tries ELSE 0 END`,
      [...this.key, JSON.stringify(attempts)],
    );
  }

  private get key(): [string, string] {
    return [this.ref.tenant, this.ref.station];
  }
}

async function load(manager: EntityManager, { tenant, station }: StationRef): Promise<StationConfiguration | null> {
  const rows: StationConfiguration[] = await manager.query(
    `SELECT ${COLUMNS} FROM device_config.station_configurations WHERE tenant = $1 AND station = $2`,
    [tenant, station],
  );
  return rows[0] ?? null;
}

async function stationOf(manager: EntityManager, { tenant, station }: StationRef, lock = ''): Promise<ConfiguredStation | null> {
  const rows: ConfiguredStation[] = await manager.query(
    `SELECT protocol, vendor, model, firmware_version AS firmware, station_group AS group FROM device_config.stations WHERE tenant = $1 AND station = $2 ${lock}`,
    [tenant, station],
  );
  return rows[0] ?? null;
}
