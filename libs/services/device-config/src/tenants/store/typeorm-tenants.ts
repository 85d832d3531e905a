import { CsmsError, DEFAULT_REVIEW_FLAGS, NO_STATION, inUse, type Tenant } from '@voltbus/contracts';
import { TypeormList, lockStation, shownAs, type ListSource, type Outbox } from '@voltbus/database';
import type { DataSource, EntityManager } from 'typeorm';
import { removeApiKeys } from '../../api-keys';
import { removeMessageLog } from '../../message-log';
import { outdateProfiles, stationsOf } from '../../provisioning';
import { removeRefusedConnections } from '../../refused-connections';
import { removeSecurityEvents } from '../../security-events';
import { tenantChanged, tenantDeleted } from '../tenant-events';
import { DeletedTenantEntity } from './deleted-tenant.entity';
import { TenantEntity } from './tenant.entity';
import { TENANT_LIST, type TenantFilters, type TenantSort } from './typeorm-tenant-list';

/** A deleted tenant's bills are kept (ADR 45). */
const NAME_WAS_DELETED = 'a tenant of that name was deleted: its name is never given again, since bills and readings of it may be kept';

/** Tenants and their policies; the event of a change is stored in the transaction that makes it. */
export class TypeormTenants {
  private readonly listed: TypeormList<TenantEntity, TenantFilters, TenantSort>;

  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
  ) {
    this.listed = new TypeormList(dataSource, TENANT_LIST);
  }

  async find(tenant: string): Promise<Tenant | null> {
    const found = await this.dataSource.getRepository(TenantEntity).findOneBy({ tenant });
    return found === null ? null : toTenant(found);
  }

  list(): ListSource<Tenant, TenantFilters, TenantSort> {
    return shownAs(this.listed.of(null), (rows) => rows.map(toTenant));
  }

  /**
   * Stores what `decide` makes of the tenant. An unchanged tenant is not published again. A changed policy makes its stations' profiles out of date. Throws
   * `conflict` where a tenant of that name was deleted.
   */
  change(tenant: string, now: Date, decide: (before: Tenant | null) => Promise<Tenant>): Promise<Tenant> {
    return this.inTenant(tenant, async (manager, before) => {
      const after = await decide(before);
      if (before !== null && JSON.stringify(before) === JSON.stringify(after)) return before;
      if (before === null && (await wasDeleted(manager, tenant))) throw new CsmsError('conflict', NAME_WAS_DELETED);
      await this.write(manager, after, now);
      if (before !== null) await outdateProfiles(manager, before, after);
      return after;
    });
  }

  /** Leaves a tenant that exists as it is, and does not bring back one that was deleted. */
  add(tenant: Tenant, now: Date): Promise<void> {
    return this.inTenant(tenant.tenant, async (manager, before) => {
      if (before === null && !(await wasDeleted(manager, tenant.tenant))) await this.write(manager, tenant, now);
    });
  }

  /** Whether there is, or was, a tenant of that name. */
  async everExisted(tenant: string): Promise<boolean> {
    const { manager } = this.dataSource;
    return (await manager.existsBy(TenantEntity, { tenant })) || (await wasDeleted(manager, tenant));
  }

  /** Returns the ids of the API keys that were deleted with it. Throws `in-use` where it still has stations. */
  remove(tenant: string, now: Date, mayRemove: (before: Tenant | null) => void): Promise<string[]> {
    return this.inTenant(tenant, async (manager, before) => {
      mayRemove(before);
      const stations = await stationsOf(manager, tenant);
      if (stations.length > 0) throw inUse(stations.map((station) => `station ${station}`));
      await manager.insert(DeletedTenantEntity, { tenant, deletedAt: now });
      const keys = await removeApiKeys(manager, tenant);
      await removeMessageLog(manager, { tenant });
      await removeRefusedConnections(manager, tenant);
      await removeSecurityEvents(manager, tenant);
      await manager.delete(TenantEntity, { tenant });
      await this.outbox.add(manager, [tenantDeleted(tenant, now)]);
      return keys;
    });
  }

  /** Publishes the tenants of the first migration, once. */
  async publishSeeded(now: Date): Promise<void> {
    const seeded = await this.dataSource.getRepository(TenantEntity).findBy({ published: false });
    for (const { tenant } of seeded) {
      await this.inTenant(tenant, async (manager, known) => {
        const { affected } = await manager.update(TenantEntity, { tenant, published: false }, { published: true });
        if (known !== null && affected === 1) await this.outbox.add(manager, [tenantChanged(known, now)]);
      });
    }
  }

  /** One change of a tenant at a time, so that its events leave in the order of its changes; no station is added meanwhile. */
  private inTenant<T>(tenant: string, work: (manager: EntityManager, known: Tenant | null) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      await lockStation(manager, { tenant, station: NO_STATION });
      const known = await manager.findOne(TenantEntity, { where: { tenant }, lock: { mode: 'pessimistic_write' } });
      return work(manager, known === null ? null : toTenant(known));
    });
  }

  private async write(manager: EntityManager, tenant: Tenant, now: Date): Promise<void> {
    await manager.upsert(TenantEntity, { ...tenant, reviewFlags: [...tenant.reviewFlags], published: true }, ['tenant']);
    await this.outbox.add(manager, [tenantChanged(tenant, now)]);
  }
}

/** A deleted tenant's bills are kept and must never be shown to another tenant of its name. */
function wasDeleted(manager: EntityManager, tenant: string): Promise<boolean> {
  return manager.existsBy(DeletedTenantEntity, { tenant });
}

/** In the order in which the API and the events have the members. */
function toTenant({ reviewFlags, reviewAbove, published: _, ...tenant }: TenantEntity): Tenant {
  return { ...tenant, reviewFlags: reviewFlags ?? DEFAULT_REVIEW_FLAGS, reviewAbove };
}
