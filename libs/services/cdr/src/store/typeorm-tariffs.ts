import type { Tariff } from '@voltbus/contracts';
import type { Outbox } from '@voltbus/database';
import type { DataSource, EntityManager } from 'typeorm';
import { priceChanged } from '../announcements';
import type { TenantTerms, Version } from '@voltbus/pricing';

/** Tariffs and terms with their history. */
export class TypeormTariffs {
  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
  ) {}

  /** Every version in order of time; null while a tariff was removed. */
  async tariffHistory(manager: EntityManager, tenant: string, tariff: string): Promise<Version<Tariff>[]> {
    const rows: { since: Date; body: Tariff | null }[] = await manager.query(
      'SELECT since, body FROM cdr.tariffs WHERE tenant = $1 AND tariff = $2 ORDER BY since',
      [tenant, tariff],
    );
    return rows.map(({ since, body }) => ({ since: since.getTime(), value: body }));
  }

  async termsHistory(manager: EntityManager, tenant: string): Promise<Version<TenantTerms>[]> {
    const rows: { since: Date; currency: string; default_tariff: string | null }[] = await manager.query(
      'SELECT since, currency, default_tariff FROM cdr.terms WHERE tenant = $1 ORDER BY since',
      [tenant],
    );
    return rows.map(({ since, currency, default_tariff }) => ({
      since: since.getTime(),
      value: { currency, defaultTariff: default_tariff },
    }));
  }

  async find(tenant: string, tariff: string): Promise<Tariff | null> {
    const rows: { body: Tariff | null }[] = await this.dataSource.query(
      'SELECT body FROM cdr.tariffs WHERE tenant = $1 AND tariff = $2 ORDER BY since DESC LIMIT 1',
      [tenant, tariff],
    );
    return rows[0]?.body ?? null;
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

  /** In order of name; `after` is the name the page before ended with. */
  async page(tenant: string, { limit, after }: { limit: number; after: string | null }): Promise<Tariff[]> {
    const rows: { body: Tariff }[] = await this.dataSource.query(
      `SELECT body FROM (
         SELECT DISTINCT ON (tariff) tariff, body FROM cdr.tariffs WHERE tenant = $1 AND tariff > $2 ORDER BY tariff, since DESC
       ) AS latest WHERE body IS NOT NULL ORDER BY tariff LIMIT $3`,
      [tenant, after ?? '', limit],
    );
    return rows.map(({ body }) => body);
  }

  /** A new version from `since` on, and the word of it; `null` removes it for sessions that start later. */
  add(tenant: string, tariff: string, body: Tariff | null, since: Date): Promise<void> {
    return this.dataSource.transaction(async (manager) => {
      await manager.query(
        'INSERT INTO cdr.tariffs (tenant, tariff, since, body) VALUES ($1, $2, $3, $4) ON CONFLICT (tenant, tariff, since) DO UPDATE SET body = excluded.body',
        [tenant, tariff, since, body === null ? null : JSON.stringify(body)],
      );
      await this.outbox.add(manager, [priceChanged(tenant, { kind: 'tariff', name: tariff, value: body }, since)]);
    });
  }

  async addTerms(tenant: string, { currency, defaultTariff }: TenantTerms, since: Date): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO cdr.terms (tenant, since, currency, default_tariff) VALUES ($1, $2, $3, $4)
       ON CONFLICT (tenant, since) DO UPDATE SET currency = excluded.currency, default_tariff = excluded.default_tariff`,
      [tenant, since, currency, defaultTariff],
    );
  }
}
