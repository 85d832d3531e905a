import type { Tariff } from '@voltbus/contracts';
import type { Outbox } from '@voltbus/database';
import type { TenantTerms, Version } from '@voltbus/pricing';
import type { DataSource, EntityManager } from 'typeorm';
import { priceChanged } from '../price-events';
import { TariffVersionEntity } from './tariff-version.entity';
import { TermsVersionEntity } from './terms-version.entity';

/** Tariffs and the tenants' terms with their history: versions are added, none is changed. */
export class TypeormTariffs {
  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
  ) {}

  /** Every version in order of time; null while the tariff was removed. */
  async tariffHistory(manager: EntityManager, tenant: string, tariff: string): Promise<Version<Tariff>[]> {
    const versions = await manager.getRepository(TariffVersionEntity).find({ where: { tenant, tariff }, order: { since: 'ASC' } });
    return versions.map(({ since, body }) => ({ since: since.getTime(), value: body }));
  }

  async termsHistory(manager: EntityManager, tenant: string): Promise<Version<TenantTerms>[]> {
    const versions = await manager.getRepository(TermsVersionEntity).find({ where: { tenant }, order: { since: 'ASC' } });
    return versions.map(({ since, currency, defaultTariff }) => ({ since: since.getTime(), value: { currency, defaultTariff } }));
  }

  /** The tariff as it is now. */
  async find(tenant: string, tariff: string): Promise<Tariff | null> {
    const versions = this.dataSource.getRepository(TariffVersionEntity);
    const latest = await versions.findOne({ where: { tenant, tariff }, order: { since: 'DESC' } });
    return latest?.body ?? null;
  }

  /** Names of at most ten tariffs in another currency. */
  async inOtherCurrency(tenant: string, currency: string): Promise<string[]> {
    const rows: { tariff: string }[] = await this.dataSource.query(
      `SELECT tariff FROM (
         SELECT DISTINCT ON (tariff) tariff, body FROM cdr.tariffs WHERE tenant = $1 ORDER BY tariff, since DESC
       ) AS latest WHERE body->>'currency' <> $2 ORDER BY tariff LIMIT 10`,
      [tenant, currency],
    );
    return rows.map(({ tariff }) => tariff);
  }

  /** The tariffs as they are now, in order of name; `after` is the name at which the previous page ended. */
  async page(tenant: string, { limit, after }: { limit: number; after: string | null }): Promise<Tariff[]> {
    const rows: { body: Tariff }[] = await this.dataSource.query(
      `SELECT body FROM (
         SELECT DISTINCT ON (tariff) tariff, body FROM cdr.tariffs WHERE tenant = $1 AND tariff > $2 ORDER BY tariff, since DESC
       ) AS latest WHERE body IS NOT NULL ORDER BY tariff LIMIT $3`,
      [tenant, after ?? '', limit],
    );
    return rows.map(({ body }) => body);
  }

  /** Adds a version from `since` on, and its event; null removes the tariff for sessions that start later. */
  add(tenant: string, tariff: string, body: Tariff | null, since: Date): Promise<void> {
    return this.dataSource.transaction(async (manager) => {
      await manager.getRepository(TariffVersionEntity).upsert({ tenant, tariff, since, body }, ['tenant', 'tariff', 'since']);
      await this.outbox.add(manager, [priceChanged(tenant, { kind: 'tariff', name: tariff, value: body }, since)]);
    });
  }

  async addTerms(tenant: string, { currency, defaultTariff }: TenantTerms, since: Date): Promise<void> {
    const versions = this.dataSource.getRepository(TermsVersionEntity);
    await versions.upsert({ tenant, since, currency, defaultTariff }, ['tenant', 'since']);
  }
}
