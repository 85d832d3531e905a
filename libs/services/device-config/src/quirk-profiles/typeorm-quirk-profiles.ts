import { CsmsError, NO_STATION } from '@voltbus/contracts';
import { TypeormList, beginsWithIgnoringCase, lockStation, shownAs, type ListDefinition, type ListSource } from '@voltbus/database';
import type { DataSource, EntityManager } from 'typeorm';
import { addEvictions } from '../provisioning';
import { QUIRKY_STATION, isMet, toQuirkProfile, type QuirkProfile, type QuirkProfileRow, type QuirkyStation } from '../quirks';

interface ProfileFilters {
  search?: string | undefined;
}
type ProfileSort = 'profile';

const PROFILE_LIST: ListDefinition<ProfileFilters, ProfileSort> = {
  columns: 'profile, body',
  from: 'device_config.quirk_profiles',
  owner: 'tenant',
  id: [{ sql: 'profile', type: 'text' }],
  sorts: { profile: [] },
  filters: { search: beginsWithIgnoringCase('profile') },
};

/** The quirk profiles of tenants. Changes of one tenant's profiles come one after the other. */
export class TypeormQuirkProfiles {
  private readonly listed: TypeormList<QuirkProfileRow, ProfileFilters, ProfileSort>;

  constructor(private readonly dataSource: DataSource) {
    this.listed = new TypeormList(dataSource, PROFILE_LIST);
  }

  list(tenant: string): ListSource<QuirkProfile, ProfileFilters, ProfileSort> {
    return shownAs(this.listed.of(tenant), (rows) => rows.map(toQuirkProfile));
  }

  find(tenant: string, profile: string): Promise<QuirkProfile | null> {
    return one(this.dataSource.manager, tenant, profile);
  }

  /**
   * Stores what `decide` makes of the profile, null removes it, and notes the stations that it concerns, in one transaction. Throws `not-found` without such a
   * tenant. `others`: how many further profiles the tenant has.
   */
  change<T extends QuirkProfile | null>(
    tenant: string,
    profile: string,
    decide: (before: QuirkProfile | null, others: number) => T,
  ): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      await lockStation(manager, { tenant, station: NO_STATION });
      const known: unknown[] = await manager.query('SELECT FROM device_config.tenants WHERE tenant = $1 FOR KEY SHARE', [tenant]);
      if (known.length === 0) throw new CsmsError('not-found', 'no such tenant');
      const counted = 'SELECT count(*)::integer AS count FROM device_config.quirk_profiles WHERE tenant = $1 AND profile <> $2';
      const [row]: { count: number }[] = await manager.query(counted, [tenant, profile]);
      const before = await one(manager, tenant, profile);
      const after = decide(before, row?.count ?? 0);
      await write(manager, tenant, { name: profile, after });
      const concerned = [before, after].filter((each) => each !== null);
      await outdate(manager, tenant, concerned);
      return after;
    });
  }
}

async function write(manager: EntityManager, tenant: string, { name, after }: { name: string; after: QuirkProfile | null }): Promise<void> {
  if (after === null)
    return void (await manager.query('DELETE FROM device_config.quirk_profiles WHERE tenant = $1 AND profile = $2', [tenant, name]));
  const { profile: _name, ...body } = after;
  await manager.query(
    `INSERT INTO device_config.quirk_profiles (tenant, profile, body) VALUES ($1, $2, $3)
     ON CONFLICT (tenant, profile) DO UPDATE SET body = excluded.body`,
    [tenant, name, JSON.stringify(body)],
  );
}

/** Something else may be switched for these stations from now on. */
async function outdate(manager: EntityManager, tenant: string, profiles: readonly QuirkProfile[]): Promise<void> {
  const text = `SELECT ${QUIRKY_STATION} FROM device_config.stations WHERE tenant = $1`;
  const stations: QuirkyStation[] = await manager.query(text, [tenant]);
  const met = stations.filter((station) => profiles.some((profile) => isMet(profile, station)));
  await addEvictions(
    manager,
    tenant,
    met.map(({ station }) => station),
    'quirks-changed',
  );
}

async function one(manager: EntityManager, tenant: string, profile: string): Promise<QuirkProfile | null> {
  const text = 'SELECT profile, body FROM device_config.quirk_profiles WHERE tenant = $1 AND profile = $2';
  const rows: QuirkProfileRow[] = await manager.query(text, [tenant, profile]);
  return rows[0] === undefined ? null : toQuirkProfile(rows[0]);
}
