import { isDeepStrictEqual } from 'node:util';
import { MOST_USERS_NAMED, type Tariff } from '@voltbus/contracts';
import { TypeormList, prepared, shownAs, type ListSource, type Outbox, type Statement } from '@voltbus/database';
import type { HeldTariffs } from '@voltbus/http';
import type { TenantTerms, Version } from '@voltbus/pricing';
import type { DataSource, EntityManager } from 'typeorm';
import { priceChanged } from '../price-events';
import { LATEST_TARIFFS, TARIFF_LIST, type TariffFilters, type TariffRow, type TariffSort } from './typeorm-price-lists';
import { lockPrices, versionInstant } from './typeorm-price-lock';
import { TariffVersionEntity } from './tariff-version.entity';
import { TermsVersionEntity } from './terms-version.entity';

const TARIFF_HISTORY: Statement = {
  name: 'tariff-history',
  merge: ['text', 'text'],
  text: 'SELECT since, body FROM cdr.tariffs WHERE tenant = $1 AND tariff = $2 ORDER BY since',
};
const TERMS_HISTORY: Statement = {
  name: 'terms-history',
  merge: ['text'],
  text: 'SELECT since, currency, default_tariff AS "defaultTariff" FROM cdr.terms WHERE tenant = $1 ORDER BY since',
};

/** Tariffs and the tenants' terms with their history: versions are added, none is changed. */
export class TypeormTariffs {
  private readonly listed: TypeormList<TariffRow, TariffFilters, TariffSort>;

  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
  ) {
    this.listed = new TypeormList(dataSource, TARIFF_LIST);
  }

  /** Every version in order of time; null while the tariff was removed. */
  async tariffHistory(manager: EntityManager, tenant: string, tariff: string): Promise<Version<Tariff>[]> {
    const versions = await prepared<TariffVersionEntity>(manager, TARIFF_HISTORY, [tenant, tariff]);
    return versions.map(({ since, body }) => ({ since: since.getTime(), value: body }));
  }

  async termsHistory(manager: EntityManager, tenant: string): Promise<Version<TenantTerms>[]> {
    const versions = await prepared<TermsVersionEntity>(manager, TERMS_HISTORY, [tenant]);
    return versions.map(({ since, currency, defaultTariff }) => ({ since: since.getTime(), value: { currency, defaultTariff } }));
  }

  /** The tariff as it is now. */
  async find(tenant: string, tariff: string): Promise<Tariff | null> {
    return (await latestOf(this.dataSource.manager, tenant, tariff))?.body ?? null;
  }

  async exists(manager: EntityManager, tenant: string, tariff: string): Promise<boolean> {
    const latest = await latestOf(manager, tenant, tariff);
    return latest !== null && latest.body !== null;
  }

  /** `TariffDirectory`. The tariffs are held by a database transaction, which a process that dies ends. */
  holding<T>(tenant: string, work: (tariffs: HeldTariffs) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      await lockPrices(manager, tenant);
      return work({
        has: (tariff) => this.exists(manager, tenant, tariff),
        inOtherCurrency: (currency) => inOtherCurrency(manager, tenant, currency),
      });
    });
  }

  /** The tariffs as they are now. */
  list(tenant: string): ListSource<Tariff, TariffFilters, TariffSort> {
    return shownAs(this.listed.of(tenant), (rows) => rows.map(({ body }) => body));
  }

  /**
   * Stores what `decide` makes of the tariff, as a version from `now` on, with its event, unless it is the same; null removes it for sessions that start later. No price of the
   * tenant is changed meanwhile.
   */
  change<T extends Tariff | null>(
    { tenant, tariff, now }: { tenant: string; tariff: string; now: () => Date },
    decide: (before: Tariff | null, manager: EntityManager) => Promise<T>,
  ): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      await lockPrices(manager, tenant);
      const latest = await latestOf(manager, tenant, tariff);
      const body = await decide(latest?.body ?? null, manager);
      if (latest !== null && isDeepStrictEqual(latest.body, body)) return body;
      const since = versionInstant(latest?.since, now());
      await manager.getRepository(TariffVersionEntity).insert({ tenant, tariff, since, body });
      await this.outbox.add(manager, [priceChanged(tenant, { kind: 'tariff', name: tariff, value: body }, since)]);
      return body;
    });
  }

  async addTerms(tenant: string, { currency, defaultTariff }: TenantTerms, since: Date): Promise<void> {
    const versions = this.dataSource.getRepository(TermsVersionEntity);
    await versions.upsert({ tenant, since, currency, defaultTariff }, ['tenant', 'since']);
  }
}

function latestOf(manager: EntityManager, tenant: string, tariff: string): Promise<TariffVersionEntity | null> {
  return manager.getRepository(TariffVersionEntity).findOne({ where: { tenant, tariff }, order: { since: 'DESC' } });
}

async function inOtherCurrency(manager: EntityManager, tenant: string, currency: string): Promise<string[]> {
  const rows: { tariff: string }[] = await manager.query(
    `SELECT tariff FROM ${LATEST_TARIFFS} WHERE tenant = $1 AND body->>'currency' <> $2 ORDER BY tariff LIMIT ${MOST_USERS_NAMED}`,
    [tenant, currency],
  );
  return rows.map(({ tariff }) => tariff);
}
