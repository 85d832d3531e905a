import type { PriceChange, StationRef, Tariff } from '@voltbus/contracts';
import { groupKey, type AssignmentKind, type TenantTerms, type TermsSource, type Version } from '@voltbus/pricing';
import type { DataSource } from 'typeorm';

interface PublishedTerms extends TenantTerms {
  showCost: boolean;
}

/** Prices, terms and station groups as other services publish them, with their history. */
export class TypeormPrices {
  constructor(private readonly dataSource: DataSource) {}

  async rememberTerms(tenant: string, { currency, defaultTariff, showCost }: PublishedTerms, since: Date): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO transactions.terms (tenant, since, currency, default_tariff, show_cost) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tenant, since)
       DO UPDATE SET currency = excluded.currency, default_tariff = excluded.default_tariff, show_cost = excluded.show_cost`,
      [tenant, since, currency, defaultTariff, showCost],
    );
  }

  async remember(tenant: string, { kind, name, value }: PriceChange, since: Date): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO transactions.prices (tenant, kind, name, since, value) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (tenant, kind, name, since) DO UPDATE SET value = excluded.value`,
      [tenant, kind, kind === 'tariff' ? name : groupKey(name), since, value === null ? null : JSON.stringify(value)],
    );
  }

  /** One that was in no group is in none still: nothing is written then. */
  async regroup({ tenant, station }: StationRef, group: string | null, since: Date): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO transactions.station_groups (tenant, station, since, station_group) SELECT $1::text, $2::text, $3::timestamptz, $4::text
       WHERE $4 IS NOT NULL OR EXISTS (SELECT FROM transactions.station_groups WHERE tenant = $1 AND station = $2)
       ON CONFLICT (tenant, station, since) DO UPDATE SET station_group = excluded.station_group`,
      [tenant, station, since, group],
    );
  }

  /** Whether the tenant's stations are shown what sessions cost. */
  async shown(tenant: string): Promise<boolean> {
    const rows: { show_cost: boolean }[] = await this.dataSource.query(
      'SELECT show_cost FROM transactions.terms WHERE tenant = $1 ORDER BY since DESC LIMIT 1',
      [tenant],
    );
    return rows[0]?.show_cost ?? false;
  }

  /** For sessions at that station. */
  of({ tenant, station }: StationRef): TermsSource {
    return {
      termsHistory: async () => {
        const rows: { since: Date; currency: string; default_tariff: string | null }[] = await this.dataSource.query(
          'SELECT since, currency, default_tariff FROM transactions.terms WHERE tenant = $1 ORDER BY since',
          [tenant],
        );
        return rows.map(({ since, currency, default_tariff }) => ({
          since: since.getTime(),
          value: { currency, defaultTariff: default_tariff },
        }));
      },
      tariffHistory: (tariff) => this.history<Tariff>(tenant, 'tariff', tariff),
      assignmentHistory: (kind, group) => this.history<string>(tenant, kind, groupKey(group)),
      stationGroups: async () => {
        const rows: { since: Date; station_group: string | null }[] = await this.dataSource.query(
          'SELECT since, station_group FROM transactions.station_groups WHERE tenant = $1 AND station = $2 ORDER BY since',
          [tenant, station],
        );
        return rows.map(({ since, station_group }) => ({ since: since.getTime(), value: station_group }));
      },
    };
  }

  private async history<T>(tenant: string, kind: 'tariff' | AssignmentKind, name: string): Promise<Version<T>[]> {
    const rows: { since: Date; value: T | null }[] = await this.dataSource.query(
      'SELECT since, value FROM transactions.prices WHERE tenant = $1 AND kind = $2 AND name = $3 ORDER BY since',
      [tenant, kind, name],
    );
    return rows.map(({ since, value }) => ({ since: since.getTime(), value }));
  }
}
