import { CsmsError, type StationRef } from '@voltbus/contracts';
import { TypeormList, among, before, lockNamed, notBefore, type ListDefinition, type ListSource } from '@voltbus/database';
import type { DataSource } from 'typeorm';
import type { ExclusionReason, PortExclusion, Span } from '../domain/outage-totals';
import { MAX_EXCLUSIONS } from '../limits';

/** An outage that is left out. */
export interface Exclusion {
  id: string;
  station: string;
  /** Null: the whole station. */
  evse: number | null;
  from: Date;
  to: Date;
  reason: ExclusionReason;
  note: string | null;
  /** Id of an API key, or `administrator`. */
  createdBy: string;
  createdAt: Date;
}

interface ExclusionFilters {
  station?: string[] | undefined;
  reason?: ExclusionReason[] | undefined;
  from?: string | undefined;
  to?: string | undefined;
}
type ExclusionSort = 'from';

const COLUMNS = `x.id, x.station, x.evse, x.begins_at AS "from", x.ends_at AS "to", x.reason, x.note, x.created_by AS "createdBy", x.created_at AS "createdAt"`;

const LIST: ListDefinition<ExclusionFilters, ExclusionSort> = {
  columns: COLUMNS,
  from: 'device_config.uptime_exclusions x',
  owner: 'x.tenant',
  station: 'x.station',
  id: [{ sql: 'x.id', type: 'uuid' }],
  sorts: { from: [{ sql: 'x.begins_at', type: 'timestamptz' }] },
  filters: {
    station: among('x.station'),
    reason: among('x.reason'),
    from: notBefore('x.ends_at'),
    to: before('x.begins_at'),
  },
};

/** Exclusions of reports of uptime. */
export class TypeormUptimeExclusions {
  private readonly listed: TypeormList<Exclusion, ExclusionFilters, ExclusionSort>;

  constructor(private readonly dataSource: DataSource) {
    this.listed = new TypeormList(dataSource, LIST);
  }

  list(tenant: string): ListSource<Exclusion, ExclusionFilters, ExclusionSort> {
    return this.listed.of(tenant);
  }

  /** False: there is no such station. Throws `conflict` where the tenant has as many as it may. */
  add(tenant: string, { id, station, evse, from, to, reason, note, createdBy, createdAt }: Exclusion): Promise<boolean> {
    return this.dataSource.transaction(async (manager) => {
      await lockNamed(manager, `uptime exclusions of ${tenant}`);
      const [row]: { count: number }[] = await manager.query(
        'SELECT count(*)::integer AS count FROM device_config.uptime_exclusions WHERE tenant = $1',
        [tenant],
      );
      if ((row?.count ?? 0) >= MAX_EXCLUSIONS)
        throw new CsmsError('conflict', `the tenant has ${MAX_EXCLUSIONS} exclusions: it may have no more`);
      const added: unknown[] = await manager.query(
        `INSERT INTO device_config.uptime_exclusions (tenant, id, station, evse, begins_at, ends_at, reason, note, created_by, created_at)
         SELECT tenant, $3, station, $4, $5, $6, $7, $8, $9, $10 FROM device_config.stations WHERE tenant = $1 AND station = $2 RETURNING id`,
        [tenant, station, id, evse, from, to, reason, note, createdBy, createdAt],
      );
      return added.length > 0;
    });
  }

  async find(tenant: string, id: string): Promise<Exclusion | null> {
    const rows: Exclusion[] = await this.dataSource.query(
      `SELECT ${COLUMNS} FROM device_config.uptime_exclusions x WHERE x.tenant = $1 AND x.id = $2`,
      [tenant, id],
    );
    return rows[0] ?? null;
  }

  async remove(tenant: string, id: string): Promise<void> {
    await this.dataSource.query('DELETE FROM device_config.uptime_exclusions WHERE tenant = $1 AND id = $2', [tenant, id]);
  }

  /** Those of a station that meet the span, each with its EVSE. */
  async within({ tenant, station }: StationRef, { from, to }: Span): Promise<(PortExclusion & { evse: number | null })[]> {
    const rows: Exclusion[] = await this.dataSource.query(
      `SELECT ${COLUMNS} FROM device_config.uptime_exclusions x WHERE x.tenant = $1 AND x.station = $2 AND x.begins_at < $4 AND x.ends_at > $3`,
      [tenant, station, new Date(from), new Date(to)],
    );
    return rows.map(({ evse, reason, ...span }) => ({ evse, reason, from: span.from.getTime(), to: span.to.getTime() }));
  }
}
