import type { ConnectionRefusal } from '@voltbus/contracts';
import { TypeormList, filteredBy, shownAs, type ListSource } from '@voltbus/database';
import type { DataSource, EntityManager } from 'typeorm';
import {
  REFUSED_CONNECTION_LIST,
  type RefusalRow,
  type RefusedConnectionFilters,
  type RefusedConnectionSort,
} from './typeorm-refused-connection-list';

/** Rows kept of one tenant, and of all that name no existing one; the least recent go. Anybody may connect in any name: this bounds the room that takes. */
export const MAX_REFUSED_CONNECTIONS = 2_000;
/** Of those, rows of one address: a depot behind one router fits, and guessed names do not push out the others. */
export const MAX_REFUSED_CONNECTIONS_OF_ADDRESS = 500;

/** Refusals for one reason, of one address, in one name: how often, and when first and last. */
interface RefusedConnection extends ConnectionRefusal {
  times: number;
  firstAt: string;
}
type ShownFilters = Omit<RefusedConnectionFilters, 'seenBy'>;

/** Connections that gateways refused. */
export class TypeormRefusedConnections {
  private readonly listed: TypeormList<RefusalRow, RefusedConnectionFilters, RefusedConnectionSort>;

  constructor(private readonly dataSource: DataSource) {
    this.listed = new TypeormList(dataSource, REFUSED_CONNECTION_LIST);
  }

  /** A refusal that is no newer than the last known one of its kind was delivered before, and counts once. */
  async writeMany(refusals: readonly ConnectionRefusal[]): Promise<void> {
    const rows = refusals.map(({ tenant, station, ...rest }) => ({ ...rest, tenant: tenant ?? '', station: station ?? '' }));
    await this.dataSource.query(
      `INSERT INTO device_config.refused_connections AS known (tenant, station, address, reason, times, first_at, last_at, of_tenant)
       SELECT refusal.tenant, refusal.station, refusal."remoteAddress", refusal.reason, count(*), min(refusal.at), max(refusal.at),
         EXISTS (SELECT FROM device_config.tenants t WHERE t.tenant = refusal.tenant)
       FROM json_to_recordset($1::json) AS refusal(tenant text, station text, "remoteAddress" text, reason text, at timestamptz)
       LEFT JOIN device_config.refused_connections before ON before.tenant = refusal.tenant AND before.station = refusal.station
         AND before.address = refusal."remoteAddress" AND before.reason = refusal.reason
       WHERE before.last_at IS NULL OR before.last_at < refusal.at
       GROUP BY refusal.tenant, refusal.station, refusal."remoteAddress", refusal.reason
       ON CONFLICT (tenant, station, address, reason) DO UPDATE
         SET times = known.times + excluded.times, last_at = greatest(known.last_at, excluded.last_at), of_tenant = excluded.of_tenant`,
      [JSON.stringify(rows)],
    );
    await this.trim([...new Set(rows.map(({ tenant }) => tenant))]);
  }

  list(seenBy: RefusedConnectionFilters['seenBy']): ListSource<RefusedConnection, ShownFilters, RefusedConnectionSort> {
    const all = shownAs(this.listed.of(null), (rows) => rows.map(toRefusal));
    return filteredBy(all, { seenBy });
  }

  private async trim(tenants: readonly string[]): Promise<void> {
    await this.dataSource.query(
      `DELETE FROM device_config.refused_connections r
       USING (
         SELECT tenant, station, address, reason, row_number() OVER (PARTITION BY bound ORDER BY last_at DESC) AS place,
           row_number() OVER (PARTITION BY bound, address ORDER BY last_at DESC) AS place_of_address
         FROM (SELECT *, CASE WHEN of_tenant THEN tenant ELSE '' END AS bound FROM device_config.refused_connections
               WHERE NOT of_tenant OR tenant = ANY($1)) AS touched
       ) AS ranked
       WHERE (place > $2 OR place_of_address > $3) AND r.tenant = ranked.tenant AND r.station = ranked.station
         AND r.address = ranked.address AND r.reason = ranked.reason`,
      [tenants, MAX_REFUSED_CONNECTIONS, MAX_REFUSED_CONNECTIONS_OF_ADDRESS],
    );
  }
}

/** Within the transaction that deletes the tenant. */
export async function removeRefusedConnections(manager: EntityManager, tenant: string): Promise<void> {
  await manager.query(`DELETE FROM device_config.refused_connections WHERE tenant = $1`, [tenant]);
}

function toRefusal({ tenant, station, address, reason, times, first_at, last_at }: RefusalRow): RefusedConnection {
  return {
    at: last_at.toISOString(),
    tenant: tenant === '' ? null : tenant,
    station: station === '' ? null : station,
    remoteAddress: address,
    reason,
    times: Number(times),
    firstAt: first_at.toISOString(),
  };
}
