import type { QuirkSettings, StationRef } from '@voltbus/contracts';
import type { Database } from '@voltbus/database';
import { effectiveQuirks, namesStation, settingsOf, type EffectiveQuirk, type QuirkyStation } from '../domain/effective-quirks';
import type { QuirkProfile } from '../domain/quirk-profile';

/** A row of `device_config.quirk_profiles`. */
export interface QuirkProfileRow {
  profile: string;
  body: Omit<QuirkProfile, 'profile'>;
}

type StationOfTenant = StationRef & QuirkyStation;

/** The columns of a station that profiles look at. */
export const QUIRKY_STATION = 'station, vendor, model, firmware_version AS firmware, station_group AS "group"';

/** What is switched for stations. */
export class TypeormStationQuirks {
  constructor(private readonly database: Pick<Database, 'query'>) {}

  /** Of these stations, in their order. */
  async settingsOf(stations: readonly StationOfTenant[]): Promise<QuirkSettings[]> {
    const tenants = [...new Set(stations.map(({ tenant }) => tenant))];
    const rows: (QuirkProfileRow & { tenant: string })[] = await this.database.query(
      'SELECT tenant, profile, body FROM device_config.quirk_profiles WHERE tenant = ANY($1)',
      [tenants],
    );
    const profiles = new Map<string, QuirkProfile[]>(tenants.map((tenant) => [tenant, []]));
    for (const row of rows) profiles.get(row.tenant)?.push(toQuirkProfile(row));
    return stations.map((station) => settingsOf(profiles.get(station.tenant) ?? [], station));
  }

  /** Of one station; nothing of one that is unknown. */
  async of(ref: StationRef): Promise<QuirkSettings> {
    const station = await this.station(ref);
    return station === null ? {} : ((await this.settingsOf([{ ...ref, ...station }]))[0] ?? {});
  }

  /**
   * The profiles that name the station, as users of it: a later station of its name would have what was switched for this one. Within the transaction that
   * removes it: a further connection may have to wait for those that wait for it.
   */
  async usersOf({ tenant, station }: StationRef, manager: Pick<Database, 'query'>): Promise<string[]> {
    const named = (await this.profilesOf(tenant, manager)).filter((profile) => namesStation(profile, station));
    return named.map(({ profile }) => `quirk profile ${profile}`).sort();
  }

  /** Every entry as it holds for the station, with where it comes from; null: there is no such station. */
  async effective(ref: StationRef): Promise<EffectiveQuirk[] | null> {
    const station = await this.station(ref);
    if (station === null) return null;
    return effectiveQuirks(await this.profilesOf(ref.tenant), station);
  }

  private async profilesOf(tenant: string, database = this.database): Promise<QuirkProfile[]> {
    const text = 'SELECT profile, body FROM device_config.quirk_profiles WHERE tenant = $1';
    const rows: QuirkProfileRow[] = await database.query(text, [tenant]);
    return rows.map(toQuirkProfile);
  }

  private async station({ tenant, station }: StationRef): Promise<QuirkyStation | null> {
    const text = `SELECT ${QUIRKY_STATION} FROM device_config.stations WHERE tenant = $1 AND station = $2`;
    const rows: QuirkyStation[] = await this.database.query(text, [tenant, station]);
    return rows[0] ?? null;
  }
}

export function toQuirkProfile({ profile, body }: QuirkProfileRow): QuirkProfile {
  const { description, vendors, models, firmwareVersions, groups, stations, quirks } = body;
  return { profile, description, vendors, models, firmwareVersions, groups, stations, quirks };
}
