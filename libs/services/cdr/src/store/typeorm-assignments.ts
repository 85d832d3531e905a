import type { StationRef } from '@voltbus/contracts';
import type { Outbox } from '@voltbus/database';
import type { DataSource, EntityManager } from 'typeorm';
import { priceChanged } from '../announcements';
import { groupKey, type AssignmentKind, type TariffAssignment, type Version } from '@voltbus/pricing';

/** Where a list ended: kind and key of the group. */
export type AssignmentPosition = readonly [AssignmentKind, string];

/** A problem names so many of those who use a tariff. */
const MOST_USERS_NAMED = 10;

const LATEST = `
SELECT DISTINCT ON (kind, group_key) kind, group_key, group_name AS "group", tariff
FROM cdr.tariff_assignments WHERE tenant = $1 ORDER BY kind, group_key, since DESC`;

/** Which groups have which tariff, and which station is in which group; both with their history. */
export class TypeormAssignments {
  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
  ) {}

  /** Names of tariffs in order of time; null while none was assigned. */
  async history(manager: EntityManager, tenant: string, kind: AssignmentKind, group: string): Promise<Version<string>[]> {
    const rows: { since: Date; tariff: string | null }[] = await manager.query(
      'SELECT since, tariff FROM cdr.tariff_assignments WHERE tenant = $1 AND kind = $2 AND group_key = $3 ORDER BY since',
      [tenant, kind, groupKey(group)],
    );
    return rows.map(({ since, tariff }) => ({ since: since.getTime(), value: tariff }));
  }

  async stationGroups(manager: EntityManager, { tenant, station }: StationRef): Promise<Version<string>[]> {
    const rows: { since: Date; station_group: string | null }[] = await manager.query(
      'SELECT since, station_group FROM cdr.station_groups WHERE tenant = $1 AND station = $2 ORDER BY since',
      [tenant, station],
    );
    return rows.map(({ since, station_group }) => ({ since: since.getTime(), value: station_group }));
  }

  async find(tenant: string, kind: AssignmentKind, group: string): Promise<TariffAssignment | null> {
    const rows: TariffAssignment[] = await this.dataSource.query(
      `SELECT kind, "group", tariff FROM (${LATEST}) AS latest WHERE tariff IS NOT NULL AND kind = $2 AND group_key = $3`,
      [tenant, kind, groupKey(group)],
    );
    return rows[0] ?? null;
  }

  /** In order of kind and group; `after` is where the page before ended. */
  page(tenant: string, { limit, after }: { limit: number; after: AssignmentPosition | null }): Promise<TariffAssignment[]> {
    return this.dataSource.query(
      `SELECT kind, "group", tariff FROM (${LATEST}) AS latest
       WHERE tariff IS NOT NULL AND ($2::text IS NULL OR (kind, group_key) > ($2, $3)) ORDER BY kind, group_key LIMIT $4`,
      [tenant, after?.[0] ?? null, after === null ? null : groupKey(after[1]), limit],
    );
  }

  /** Groups that have that tariff now: ten of them, in order. */
  usersOf(tenant: string, tariff: string): Promise<TariffAssignment[]> {
    return this.dataSource.query(
      `SELECT kind, "group", tariff FROM (${LATEST}) AS latest WHERE tariff = $2 ORDER BY kind, group_key LIMIT ${MOST_USERS_NAMED}`,
      [tenant, tariff],
    );
  }

  /** From `since` on, and the word of it; a null tariff takes it away for sessions that start later. */
  assign(tenant: string, { kind, group, tariff }: AssignmentChange, since: Date): Promise<void> {
    return this.dataSource.transaction(async (manager) => {
      await manager.query(
        `INSERT INTO cdr.tariff_assignments (tenant, kind, group_key, since, group_name, tariff) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (tenant, kind, group_key, since) DO UPDATE SET group_name = excluded.group_name, tariff = excluded.tariff`,
        [tenant, kind, groupKey(group), since, group, tariff],
      );
      await this.outbox.add(manager, [priceChanged(tenant, { kind, name: group, value: tariff }, since)]);
    });
  }

  /** One that was in no group is in none still: nothing is written then. */
  async regroup({ tenant, station }: StationRef, group: string | null, since: Date): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO cdr.station_groups (tenant, station, since, station_group) SELECT $1::text, $2::text, $3::timestamptz, $4::text
       WHERE $4 IS NOT NULL OR EXISTS (SELECT FROM cdr.station_groups WHERE tenant = $1 AND station = $2)
       ON CONFLICT (tenant, station, since) DO UPDATE SET station_group = excluded.station_group`,
      [tenant, station, since, group],
    );
  }
}

interface AssignmentChange extends Omit<TariffAssignment, 'tariff'> {
  tariff: string | null;
}
