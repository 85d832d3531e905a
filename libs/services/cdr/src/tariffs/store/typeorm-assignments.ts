import { MOST_USERS_NAMED, type StationRef } from '@voltbus/contracts';
import { TypeormList, prepared, type ListSource, type Outbox, type Statement } from '@voltbus/database';
import { groupKey, type AssignmentKind, type TariffAssignment, type Version } from '@voltbus/pricing';
import type { DataSource, EntityManager } from 'typeorm';
import { priceChanged } from '../price-events';
import { AssignmentVersionEntity } from './assignment-version.entity';
import {
  ASSIGNMENT_LIST,
  LATEST_ASSIGNMENTS,
  type AssignmentFilters,
  type AssignmentRow,
  type AssignmentSort,
} from './typeorm-price-lists';
import { lockPrices, versionInstant } from './typeorm-price-lock';
import { StationGroupVersionEntity } from './station-group-version.entity';

const HISTORY: Statement = {
  name: 'assignment-history',
  merge: ['text', 'text', 'text'],
  text: 'SELECT since, tariff FROM cdr.tariff_assignments WHERE tenant = $1 AND kind = $2 AND group_key = $3 ORDER BY since',
};
const STATION_GROUPS: Statement = {
  name: 'station-group-history',
  merge: ['text', 'text'],
  text: 'SELECT since, station_group AS "group" FROM cdr.station_groups WHERE tenant = $1 AND station = $2 ORDER BY since',
};

/** Tariffs of groups, and groups of stations, both with their history: versions are added, none is changed. */
export class TypeormAssignments {
  private readonly listed: TypeormList<AssignmentRow, AssignmentFilters, AssignmentSort>;

  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
  ) {
    this.listed = new TypeormList(dataSource, ASSIGNMENT_LIST);
  }

  /** Names of tariffs in order of time; null while none was assigned. */
  async history(manager: EntityManager, tenant: string, kind: AssignmentKind, group: string): Promise<Version<string>[]> {
    const versions = await prepared<AssignmentVersionEntity>(manager, HISTORY, [tenant, kind, groupKey(group)]);
    return versions.map(({ since, tariff }) => ({ since: since.getTime(), value: tariff }));
  }

  async stationGroups(manager: EntityManager, { tenant, station }: StationRef): Promise<Version<string>[]> {
    const versions = await prepared<StationGroupVersionEntity>(manager, STATION_GROUPS, [tenant, station]);
    return versions.map(({ since, group }) => ({ since: since.getTime(), value: group }));
  }

  /** The assignment as it is now. */
  async find(tenant: string, kind: AssignmentKind, group: string): Promise<TariffAssignment | null> {
    return toAssignment(await latestOf(this.dataSource.manager, tenant, { kind, group }));
  }

  /** The assignments as they are now. */
  list(tenant: string): ListSource<TariffAssignment, AssignmentFilters, AssignmentSort> {
    return this.listed.of(tenant);
  }

  /** The first groups that have that tariff now, in order. */
  usersOf(manager: EntityManager, tenant: string, tariff: string): Promise<TariffAssignment[]> {
    return manager.query(
      `SELECT kind, group_name AS "group", tariff FROM ${LATEST_ASSIGNMENTS}
       WHERE tenant = $1 AND tariff = $2 ORDER BY kind, group_key LIMIT ${MOST_USERS_NAMED}`,
      [tenant, tariff],
    );
  }

  /**
   * Stores the tariff that `decide` gives the group, as a version from `now` on, with its event, unless it is the same; null removes the assignment. No price of the tenant is
   * changed meanwhile.
   */
  change<T extends TariffAssignment | null>(
    { tenant, kind, group, now }: { tenant: string; kind: AssignmentKind; group: string; now: () => Date },
    decide: (before: TariffAssignment | null, manager: EntityManager) => Promise<T>,
  ): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      await lockPrices(manager, tenant);
      const latest = await latestOf(manager, tenant, { kind, group });
      const after = await decide(toAssignment(latest), manager);
      if (latest !== null && latest.tariff === (after?.tariff ?? null)) return after;
      const [since, tariff] = [versionInstant(latest?.since, now()), after?.tariff ?? null];
      await manager
        .getRepository(AssignmentVersionEntity)
        .insert({ tenant, kind, groupKey: groupKey(group), since, groupName: group, tariff });
      await this.outbox.add(manager, [priceChanged(tenant, { kind, name: group, value: tariff }, since)]);
      return after;
    });
  }

  /** Stores nothing for a station that is in no group and never was in one. */
  async regroup({ tenant, station }: StationRef, group: string | null, since: Date): Promise<void> {
    const versions = this.dataSource.getRepository(StationGroupVersionEntity);
    if (group === null && !(await versions.existsBy({ tenant, station }))) return;
    await versions.upsert({ tenant, station, since, group }, ['tenant', 'station', 'since']);
  }
}

function latestOf(
  manager: EntityManager,
  tenant: string,
  { kind, group }: Pick<TariffAssignment, 'kind' | 'group'>,
): Promise<AssignmentVersionEntity | null> {
  const where = { tenant, kind, groupKey: groupKey(group) };
  return manager.getRepository(AssignmentVersionEntity).findOne({ where, order: { since: 'DESC' } });
}

function toAssignment(latest: AssignmentVersionEntity | null): TariffAssignment | null {
  return latest === null || latest.tariff === null ? null : { kind: latest.kind, group: latest.groupName, tariff: latest.tariff };
}
