import { DEFAULT_REVIEW_FLAGS, NO_STATION, type Tenant } from '@voltbus/contracts';
import { lockStation, type Outbox } from '@voltbus/database';
import { MoreThan, type DataSource, type EntityManager } from 'typeorm';
import { removeApiKeys } from '../../api-keys';
import { removeMessageLog } from '../../message-log';
import { hasStations, outdateProfiles } from '../../provisioning';
import { removeRefusedConnections } from '../../refused-connections';
import { tenantChanged, tenantDeleted } from '../tenant-events';
import { DeletedTenantEntity } from './deleted-tenant.entity';
import { TenantEntity } from './tenant.entity';

/** Tenants and their policies; the event of a change is stored in the transaction that makes it. */
export class TypeormTenants {
  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
  ) {}

  async find(tenant: string): Promise<Tenant | null> {
    const found = await this.dataSource.getRepository(TenantEntity).findOneBy({ tenant });
    return found === null ? null : toTenant(found);
  }

  async page({ limit, after }: { limit: number; after: string | null }): Promise<Tenant[]> {
    const where = after === null ? {} : { tenant: MoreThan(after) };
    const found = await this.dataSource.getRepository(TenantEntity).find({ where, order: { tenant: 'ASC' }, take: limit });
    return found.map(toTenant);
  }

  /** `name-was-deleted`: a tenant's name is never given again. An unchanged tenant is not published again. A changed policy makes its stations' profiles out of date. */
  put(tenant: Tenant, now: Date): Promise<'put' | 'name-was-deleted'> {
    return this.inTenant(tenant.tenant, async (manager, before) => {
      if (before !== null && JSON.stringify(before) === JSON.stringify(tenant)) return 'put';
      if (before === null && (await wasDeleted(manager, tenant.tenant))) return 'name-was-deleted';
      await this.write(manager, tenant, now);
      if (before !== null) await outdateProfiles(manager, before, tenant);
      return 'put';
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

  /** Returns the ids of the API keys that were deleted with it. `has-stations`: it was left as it is. */
  remove(tenant: string, now: Date): Promise<{ keys: string[] } | 'unknown' | 'has-stations'> {
    return this.inTenant(tenant, async (manager, before) => {
      if (before === null) return 'unknown';
      if (await hasStations(manager, tenant)) return 'has-stations';
      await manager.insert(DeletedTenantEntity, { tenant, deletedAt: now });
      const keys = await removeApiKeys(manager, tenant);
      await removeMessageLog(manager, { tenant });
      await removeRefusedConnections(manager, tenant);
      await manager.delete(TenantEntity, { tenant });
      await this.outbox.add(manager, [tenantDeleted(tenant, now)]);
      return { keys };
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
function toTenant({ reviewFlags, published: _, ...tenant }: TenantEntity): Tenant {
  const { reviewAbove, ...rest } = tenant;
  return { ...rest, reviewFlags: reviewFlags ?? DEFAULT_REVIEW_FLAGS, reviewAbove };
}
