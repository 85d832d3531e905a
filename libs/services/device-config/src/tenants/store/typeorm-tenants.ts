import { DEFAULT_REVIEW_FLAGS, stationKey, type Tenant } from '@voltbus/contracts';
import type { Outbox } from '@voltbus/database';
import type { DataSource, EntityManager } from 'typeorm';
import { outdateProfiles } from '../../provisioning';
import { NO_STATION, tenantChanged, tenantDeleted } from '../tenant-events';

const COLUMNS = `tenant, name, unknown_stations, unknown_tokens, min_security_profile, currency, default_tariff, keep_messages_hours, show_cost,
  master_pass_group, review_flags, review_above`;

/** Tenants and their policies; the event of a change is stored in the transaction that makes it. */
export class TypeormTenants {
  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
  ) {}

  async find(tenant: string): Promise<Tenant | null> {
    const rows: TenantRow[] = await this.dataSource.query(`SELECT ${COLUMNS} FROM device_config.tenants WHERE tenant = $1`, [tenant]);
    return rows[0] === undefined ? null : toTenant(rows[0]);
  }

  async page({ limit, after }: { limit: number; after: string | null }): Promise<Tenant[]> {
    const rows: TenantRow[] = await this.dataSource.query(
      `SELECT ${COLUMNS} FROM device_config.tenants WHERE $2::text IS NULL OR tenant > $2 ORDER BY tenant LIMIT $1`,
      [limit, after],
    );
    return rows.map(toTenant);
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
    const rows: unknown[] = await this.dataSource.query(
      `SELECT FROM device_config.tenants WHERE tenant = $1 UNION ALL SELECT FROM device_config.deleted_tenants WHERE tenant = $1`,
      [tenant],
    );
    return rows.length > 0;
  }

  /** Returns the ids of the API keys that went with it. `has-stations`: it was left as it is. */
  remove(tenant: string, now: Date): Promise<{ keys: string[] } | 'unknown' | 'has-stations'> {
    return this.inTenant(tenant, async (manager, before) => {
      if (before === null) return 'unknown';
      const stations: unknown[] = await manager.query(`SELECT FROM device_config.stations WHERE tenant = $1 LIMIT 1`, [tenant]);
      if (stations.length > 0) return 'has-stations';
      await manager.query(`INSERT INTO device_config.deleted_tenants (tenant, deleted_at) VALUES ($1, $2)`, [tenant, now]);
      const [keys]: [{ id: string }[], number] = await manager.query(`DELETE FROM device_config.api_keys WHERE tenant = $1 RETURNING id`, [
        tenant,
      ]);
      for (const table of ['frames', 'refused_connections', 'tenants'])
        await manager.query(`DELETE FROM device_config.${table} WHERE tenant = $1`, [tenant]);
      await this.outbox.add(manager, [tenantDeleted(tenant, now)]);
      return { keys: keys.map(({ id }) => id) };
    });
  }

  /** Publishes the tenants that the database came with, once. */
  async publishSeeded(now: Date): Promise<void> {
    const seeded: { tenant: string }[] = await this.dataSource.query(`SELECT tenant FROM device_config.tenants WHERE NOT told`);
    for (const { tenant } of seeded) {
      await this.inTenant(tenant, async (manager, known) => {
        const unpublished: unknown[] = await manager.query(`SELECT FROM device_config.tenants WHERE tenant = $1 AND NOT told`, [tenant]);
        if (known === null || unpublished.length === 0) return;
        await manager.query(`UPDATE device_config.tenants SET told = true WHERE tenant = $1`, [tenant]);
        await this.outbox.add(manager, [tenantChanged(known, now)]);
      });
    }
  }

  /** One change of a tenant at a time, so that its events leave in the order of its changes; no station is added meanwhile. */
  private inTenant<T>(tenant: string, work: (manager: EntityManager, known: Tenant | null) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      await manager.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [stationKey({ tenant, station: NO_STATION })]);
      const rows: TenantRow[] = await manager.query(`SELECT ${COLUMNS} FROM device_config.tenants WHERE tenant = $1 FOR UPDATE`, [tenant]);
      return work(manager, rows[0] === undefined ? null : toTenant(rows[0]));
    });
  }

  private async write(manager: EntityManager, tenant: Tenant, now: Date): Promise<void> {
    await manager.query(
      `INSERT INTO device_config.tenants (${COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
       ON CONFLICT (tenant) DO UPDATE SET name = excluded.name, unknown_stations = excluded.unknown_stations, unknown_tokens = excluded.unknown_tokens,
         min_security_profile = excluded.min_security_profile, currency = excluded.currency, default_tariff = excluded.default_tariff,
         keep_messages_hours = excluded.keep_messages_hours, show_cost = excluded.show_cost,
         master_pass_group = excluded.master_pass_group, review_flags = excluded.review_flags, review_above = excluded.review_above,
         told = true`,
      valuesOf(tenant),
    );
    await this.outbox.add(manager, [tenantChanged(tenant, now)]);
  }
}

/** A deleted tenant's bills are kept and must never be shown to another tenant of its name. */
async function wasDeleted(manager: EntityManager, tenant: string): Promise<boolean> {
  const rows: unknown[] = await manager.query(`SELECT FROM device_config.deleted_tenants WHERE tenant = $1`, [tenant]);
  return rows.length > 0;
}

interface TenantRow {
  tenant: string;
  name: string;
  unknown_stations: Tenant['unknownStations'];
  unknown_tokens: Tenant['unknownTokens'];
  min_security_profile: Tenant['minSecurityProfile'];
  currency: string;
  default_tariff: string | null;
  keep_messages_hours: number;
  show_cost: boolean;
  master_pass_group: string | null;
  /** Null: the tenant is older than reviews are. */
  review_flags: string[] | null;
  review_above: string | null;
}

function toTenant(row: TenantRow): Tenant {
  return {
    tenant: row.tenant,
    name: row.name,
    unknownStations: row.unknown_stations,
    unknownTokens: row.unknown_tokens,
    minSecurityProfile: row.min_security_profile,
    currency: row.currency,
    defaultTariff: row.default_tariff,
    keepMessagesHours: row.keep_messages_hours,
    showCost: row.show_cost,
    masterPassGroup: row.master_pass_group,
    reviewFlags: row.review_flags ?? DEFAULT_REVIEW_FLAGS,
    reviewAbove: row.review_above,
  };
}

function valuesOf(tenant: Tenant): unknown[] {
  const { name, unknownStations, unknownTokens, minSecurityProfile, currency, defaultTariff } = tenant;
  const { keepMessagesHours, showCost, masterPassGroup, reviewFlags, reviewAbove } = tenant;
  return [
    ...[tenant.tenant, name, unknownStations, unknownTokens, minSecurityProfile, currency, defaultTariff],
    ...[keepMessagesHours, showCost, masterPassGroup, reviewFlags, reviewAbove],
  ];
}
