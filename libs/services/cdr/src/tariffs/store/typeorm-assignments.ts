import type { StationRef } from '@voltbus/contracts';
import type { Outbox } from '@voltbus/database';
import { groupKey, type AssignmentKind, type TariffAssignment, type Version } from '@voltbus/pricing';
import type { DataSource, EntityManager } from 'typeorm';
import { priceChanged } from '../price-events';
import { AssignmentVersionEntity } from './assignment-version.entity';
import { StationGroupVersionEntity } from './station-group-version.entity';

/** Where a list ended: kind and name of the group. */
type AssignmentPosition = readonly [AssignmentKind, string];

/** A null tariff removes the assignment. */
export interface AssignmentChange extends Omit<TariffAssignment, 'tariff'> {
  tariff: string | null;
}

/** A problem names at most so many users of a tariff. */
const MOST_USERS_NAMED = 10;

const LATEST = `
SELECT DISTINCT ON (kind, group_key) kind, group_key, group_name AS "group", tariff
FROM cdr.tariff_assignments WHERE tenant = $1 ORDER BY kind, group_key, since DESC`;

/** Tariffs of groups, and groups of stations, both with their history: versions are added, none is changed. */
export class TypeormAssignments {
  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
  ) {}

  /** Names of tariffs in order of time; null while none was assigned. */
  async history(manager: EntityManager, tenant: string, kind: AssignmentKind, group: string): Promise<Version<string>[]> {
    const where = { tenant, kind, groupKey: groupKey(group) };
    const versions = await manager.getRepository(AssignmentVersionEntity).find({ where, order: { since: 'ASC' } });
    return versions.map(({ since, tariff }) => ({ since: since.getTime(), value: tariff }));
  }

  async stationGroups(manager: EntityManager, { tenant, station }: StationRef): Promise<Version<string>[]> {
    const versions = await manager.getRepository(StationGroupVersionEntity).find({ where: { tenant, station }, order: { since: 'ASC' } });
    return versions.map(({ since, group }) => ({ since: since.getTime(), value: group }));
  }

  /** The assignment as it is now. */
  async find(tenant: string, kind: AssignmentKind, group: string): Promise<TariffAssignment | null> {
    const versions = this.dataSource.getRepository(AssignmentVersionEntity);
    const latest = await versions.findOne({ where: { tenant, kind, groupKey: groupKey(group) }, order: { since: 'DESC' } });
    return latest === null || latest.tariff === null ? null : { kind: latest.kind, group: latest.groupName, tariff: latest.tariff };
  }

  /** The assignments as they are now, in order of kind and group; `after` is where the previous page ended. */
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

  /** Adds a version from `since` on, and its event. */
  assign(tenant: string, { kind, group, tariff }: AssignmentChange, since: Date): Promise<void> {
    return this.dataSource.transaction(async (manager) => {
      const version = { tenant, kind, groupKey: groupKey(group), since, groupName: group, tariff };
      await manager.getRepository(AssignmentVersionEntity).upsert(version, ['tenant', 'kind', 'groupKey', 'since']);
      await this.outbox.add(manager, [priceChanged(tenant, { kind, name: group, value: tariff }, since)]);
    });
  }

  /** Stores nothing for a station that is in no group and never was in one. */
  async regroup({ tenant, station }: StationRef, group: string | null, since: Date): Promise<void> {
    const versions = this.dataSource.getRepository(StationGroupVersionEntity);
    if (group === null && !(await versions.existsBy({ tenant, station }))) return;
    await versions.upsert({ tenant, station, since, group }, ['tenant', 'station', 'since']);
  }
}
