import { CsmsError, type Protocol, type StationRef } from '@voltbus/contracts';
import { lockNamed } from '@voltbus/database';
import type { DataSource, EntityManager } from 'typeorm';
import type { Source, ValueChange } from '../domain/merge-variable';
import type { StoredVariable } from '../domain/variable';
import { ReportsUnit, type StoredReport } from './typeorm-reports';
import { VARIABLE_COLUMNS, rowOf, toVariable, type VariableRow } from './variable-row';

/** A change of a value, as the history keeps it. */
export interface RecordedChange extends ValueChange {
  variable: StoredVariable;
  rebootRequired: boolean;
  source: Source;
  command: string | null;
  actor: string | null;
  at: Date;
}

/** A station, as far as its variables need it. */
export interface ModelStation {
  protocol: Protocol | null;
  bootedAt: Date | null;
}

/** Variables of stations. */
export class TypeormDeviceModel {
  constructor(private readonly dataSource: DataSource) {}

  /** One change of a station's variables at a time; nothing is done where there is no such station. */
  inStation<T>(ref: StationRef, work: (unit: DeviceModelUnit, station: ModelStation) => Promise<T>): Promise<T | null> {
    return this.dataSource.transaction(async (manager) => {
      await lockNamed(manager, `variables of ${ref.tenant}/${ref.station}`);
      const station = await stationOf(manager, ref, 'FOR KEY SHARE');
      return station === null ? null : work(new DeviceModelUnit(manager, ref), station);
    });
  }

  /** The version that the station speaks. Throws `conflict` for one that never connected: it is not known. */
  async protocolOf(ref: StationRef): Promise<Protocol> {
    const { protocol = null } = (await stationOf(this.dataSource.manager, ref)) ?? {};
    if (protocol === null) throw new CsmsError('conflict', 'the station has never connected: which version it speaks is not known');
    return protocol;
  }

  report(ref: StationRef, id: string): Promise<StoredReport | null> {
    return new ReportsUnit(this.dataSource.manager, ref).find(id);
  }

  /** Those of these ids that the station has. */
  async find({ tenant, station }: StationRef, ids: readonly string[]): Promise<StoredVariable[]> {
    return select(this.dataSource.manager, { tenant, station }, ids);
  }

  /** The values of the station's attributes `Actual`, by id of the variable. */
  async values({ tenant, station }: StationRef, ids: readonly string[]): Promise<ReadonlyMap<string, string | null>> {
    const rows: { id: string; value: string | null }[] = await this.dataSource.query(
      `SELECT id, attributes #>> '{Actual,value}' AS value FROM device_config.variables WHERE tenant = $1 AND station = $2 AND id = ANY($3::uuid[])`,
      [tenant, station, ids],
    );
    return new Map(rows.map(({ id, value }) => [id, value]));
  }

  /** Notes who sets variables by a command, before it is sent. */
  async noteActor({ tenant }: StationRef, { command, actor, at }: { command: string; actor: string; at: Date }): Promise<void> {
    await this.dataSource.query(
      'INSERT INTO device_config.variable_requests (tenant, command, actor, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
      [tenant, command, actor, at],
    );
  }

  async actorOf(tenant: string, command: string): Promise<string | null> {
    const rows: { actor: string }[] = await this.dataSource.query(
      'SELECT actor FROM device_config.variable_requests WHERE tenant = $1 AND command = $2',
      [tenant, command],
    );
    return rows[0]?.actor ?? null;
  }
}

/** What can be read and written about the variables of one station within its database transaction. */
export class DeviceModelUnit {
  readonly reports: ReportsUnit;

  constructor(
    private readonly manager: EntityManager,
    private readonly ref: StationRef,
  ) {
    this.reports = new ReportsUnit(manager, ref);
  }

  variables(ids: readonly string[]): Promise<StoredVariable[]> {
    return select(this.manager, this.ref, ids);
  }

  async count(): Promise<number> {
    const [row]: { count: number }[] = await this.manager.query(
      'SELECT count(*)::integer AS count FROM device_config.variables WHERE tenant = $1 AND station = $2',
      this.key,
    );
    return row?.count ?? 0;
  }

  async write(variables: readonly StoredVariable[], at: Date): Promise<void> {
    if (variables.length === 0) return;
    await this.manager.query(
      `INSERT INTO device_config.variables (tenant, station, id, component, component_instance, evse, connector, variable, variable_instance, config_key,
         attributes, characteristics, secret, reported_at)
       SELECT $1, $2, id, component, component_instance, evse, connector, variable, variable_instance, config_key, attributes, characteristics, secret, $4
       FROM json_to_recordset($3::json) AS given(id uuid, component text, component_instance text, evse integer, connector integer, variable text,
         variable_instance text, config_key text, attributes jsonb, characteristics jsonb, secret boolean)
       ON CONFLICT (tenant, station, id) DO UPDATE SET attributes = excluded.attributes, characteristics = excluded.characteristics,
         secret = excluded.secret, reported_at = greatest(variables.reported_at, excluded.reported_at)`,
      [...this.key, JSON.stringify(variables.map(rowOf)), at],
    );
  }

  /** Returns those that were there. */
  remove(ids: readonly string[]): Promise<StoredVariable[]> {
    return this.removeWhere('v.id = ANY($3::uuid[])', ids);
  }

  /** Removes the variables that were last reported before. Returns them. */
  removeReportedBefore(instant: Date): Promise<StoredVariable[]> {
    return this.removeWhere('v.reported_at < $3', instant);
  }

  /** The variables turned out to be secrets. */
  async removeHistory(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.manager.query(
      'DELETE FROM device_config.variable_changes WHERE tenant = $1 AND station = $2 AND variable_id = ANY($3::uuid[])',
      [...this.key, ids],
    );
  }

  async addChanges(changes: readonly RecordedChange[]): Promise<void> {
    if (changes.length === 0) return;
    const rows = changes.map(({ variable: { id, component, variable }, at, rebootRequired, ...rest }) => {
      return { ...rest, at: at.toISOString(), variable_id: id, component, variable, reboot_required: rebootRequired };
    });
    await this.manager.query(
      `INSERT INTO device_config.variable_changes (tenant, station, at, variable_id, component, variable, attribute, before, after, reboot_required, source,
         command, actor)
       SELECT $1, $2, at, variable_id, component, variable, attribute, before, after, reboot_required, source, command, actor
       FROM json_to_recordset($3::json) AS given(at timestamptz, variable_id uuid, component text, variable text, attribute text, before text, after text,
         reboot_required boolean, source text, command uuid, actor text)`,
      [...this.key, JSON.stringify(rows)],
    );
  }

  private async removeWhere(condition: string, value: unknown): Promise<StoredVariable[]> {
    const [rows]: [VariableRow[], number] = await this.manager.query(
      `DELETE FROM device_config.variables v WHERE v.tenant = $1 AND v.station = $2 AND ${condition} RETURNING ${VARIABLE_COLUMNS}`,
      [...this.key, value],
    );
    return rows.map(toVariable);
  }

  private get key(): [string, string] {
    return [this.ref.tenant, this.ref.station];
  }
}

async function select(manager: EntityManager, { tenant, station }: StationRef, ids: readonly string[]): Promise<StoredVariable[]> {
  const rows: VariableRow[] = await manager.query(
    `SELECT ${VARIABLE_COLUMNS} FROM device_config.variables v WHERE v.tenant = $1 AND v.station = $2 AND v.id = ANY($3::uuid[])`,
    [tenant, station, ids],
  );
  return rows.map(toVariable);
}

async function stationOf(manager: EntityManager, { tenant, station }: StationRef, lock = ''): Promise<ModelStation | null> {
  const rows: ModelStation[] = await manager.query(
    `SELECT protocol, booted_at AS "bootedAt" FROM device_config.stations WHERE tenant = $1 AND station = $2 ${lock}`,
    [tenant, station],
  );
  return rows[0] ?? null;
}
