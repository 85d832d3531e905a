import type { EntityManager } from 'typeorm';
import { MOST_USERS_NAMED, type Tenant } from '@voltbus/contracts';
import { policyChange } from '../domain/policy-change';

/**
 * Within the transaction that changes a tenant: its stations' cached profiles are out of date where its policy changed, and stations that now
 * have to use a higher security profile than any they have used are disconnected.
 */
export async function outdateProfiles(manager: EntityManager, before: Tenant, after: Tenant): Promise<void> {
  const change = policyChange(before, after);
  if (!change.profilesOutdated) return;
  await manager.query(
    `INSERT INTO device_config.evictions (tenant, station, reason)
     SELECT tenant, station, CASE WHEN raised.own IS NOT NULL AND coalesce(s.reached_profile, 0) < $3 THEN 'credentials-changed' END
     FROM device_config.stations s
     LEFT JOIN json_to_recordset($2::json) AS raised(own smallint, "hasPassword" boolean)
       ON raised.own = coalesce(s.security_profile, -1) AND raised."hasPassword" = (cardinality(s.key_hashes) > 0)
     WHERE tenant = $1`,
    [
      after.tenant,
      JSON.stringify(change.raised.map(({ own, hasPassword }) => ({ own: own ?? -1, hasPassword }))),
      after.minSecurityProfile,
    ],
  );
}

/** The first stations of the tenant, in order of name. */
export async function stationsOf(manager: EntityManager, tenant: string): Promise<string[]> {
  const text = `SELECT station FROM device_config.stations WHERE tenant = $1 ORDER BY station LIMIT ${MOST_USERS_NAMED}`;
  const stations: { station: string }[] = await manager.query(text, [tenant]);
  return stations.map(({ station }) => station);
}
