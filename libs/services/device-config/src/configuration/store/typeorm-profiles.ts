import { CsmsError, NO_STATION } from '@voltbus/contracts';
import { TypeormList, beginsWithIgnoringCase, lockStation, shownAs, type ListDefinition, type ListSource } from '@voltbus/database';
import type { DataSource, EntityManager } from 'typeorm';
import type { Mode, Profile } from '../domain/profile';

interface ProfileRow {
  profile: string;
  body: Omit<Profile, 'profile'>;
}
interface ProfileFilters {
  mode?: Mode[] | undefined;
  search?: string | undefined;
}
type ProfileSort = 'profile';

const PROFILE_LIST: ListDefinition<ProfileFilters, ProfileSort> = {
  columns: 'profile, body',
  from: 'device_config.configuration_profiles',
  owner: 'tenant',
  id: [{ sql: 'profile', type: 'text' }],
  sorts: { profile: [] },
  filters: {
    mode: (modes, bind) => `body ->> 'mode' = ANY(${bind(modes)}::text[])`,
    search: beginsWithIgnoringCase('profile'),
  },
};

/** The configuration profiles of tenants. Changes of one tenant's profiles come one after the other. */
export class TypeormProfiles {
  private readonly listed: TypeormList<ProfileRow, ProfileFilters, ProfileSort>;

  constructor(private readonly dataSource: DataSource) {
    this.listed = new TypeormList(dataSource, PROFILE_LIST);
  }

  list(tenant: string): ListSource<Profile, ProfileFilters, ProfileSort> {
    return shownAs(this.listed.of(tenant), (rows) => rows.map(toProfile));
  }

  async find(tenant: string, profile: string): Promise<Profile | null> {
    return one(this.dataSource.manager, tenant, profile);
  }

  async all(tenant: string): Promise<Profile[]> {
    const rows: ProfileRow[] = await this.dataSource.query(
      'SELECT profile, body FROM device_config.configuration_profiles WHERE tenant = $1',
      [tenant],
    );
    return rows.map(toProfile);
  }

  /** Stores what `decide` makes of the profile; null removes it. Throws `not-found` without such a tenant. `others`: how many further profiles the tenant has. */
  change<T extends Profile | null>(
    { tenant, profile, now }: { tenant: string; profile: string; now: Date },
    decide: (before: Profile | null, others: number) => T,
  ): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      await lockStation(manager, { tenant, station: NO_STATION });
      const known: unknown[] = await manager.query('SELECT FROM device_config.tenants WHERE tenant = $1 FOR KEY SHARE', [tenant]);
      if (known.length === 0) throw new CsmsError('not-found', 'no such tenant');
      const [row]: { count: number }[] = await manager.query(
        'SELECT count(*)::integer AS count FROM device_config.configuration_profiles WHERE tenant = $1 AND profile <> $2',
        [tenant, profile],
      );
      const after = decide(await one(manager, tenant, profile), row?.count ?? 0);
      await write(manager, { tenant, profile, now }, after);
      return after;
    });
  }
}

async function write(
  manager: EntityManager,
  { tenant, profile, now }: { tenant: string; profile: string; now: Date },
  after: Profile | null,
): Promise<void> {
  if (after === null)
    await manager.query('DELETE FROM device_config.configuration_profiles WHERE tenant = $1 AND profile = $2', [tenant, profile]);
  else {
    const { profile: _name, ...body } = after;
    await manager.query(
      `INSERT INTO device_config.configuration_profiles (tenant, profile, body, changed_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (tenant, profile) DO UPDATE SET body = excluded.body, changed_at = excluded.changed_at`,
      [tenant, profile, JSON.stringify(body), now],
    );
  }
  await manager.query(
    `INSERT INTO device_config.configuration_revisions (tenant, changed_at) VALUES ($1, $2)
     ON CONFLICT (tenant) DO UPDATE SET changed_at = greatest(configuration_revisions.changed_at, excluded.changed_at)`,
    [tenant, now],
  );
}

async function one(manager: EntityManager, tenant: string, profile: string): Promise<Profile | null> {
  const rows: ProfileRow[] = await manager.query(
    'SELECT profile, body FROM device_config.configuration_profiles WHERE tenant = $1 AND profile = $2',
    [tenant, profile],
  );
  return rows[0] === undefined ? null : toProfile(rows[0]);
}

function toProfile({ profile, body }: ProfileRow): Profile {
  const { description, mode, priority, vendors, models, firmwareVersions, groups, values } = body;
  return { profile, description, mode, priority, vendors, models, firmwareVersions, groups, values };
}
