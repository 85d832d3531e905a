import type { SecurityEvent } from '@voltbus/contracts';
import { TypeormList, shownAs, type ListSource, type Outbox } from '@voltbus/database';
import type { DataSource, EntityManager } from 'typeorm';
import { securityEventPublished } from '../security-event-published';
import {
  SECURITY_EVENT_LIST,
  type SecurityEventFilters,
  type SecurityEventRow,
  type SecurityEventSort,
} from './typeorm-security-event-list';

const WRITE = `
INSERT INTO device_config.security_events (tenant, id, station, source, type, severity, at, station_time, info, address)
SELECT given.tenant, given.id, given.station, given.source, given.type, given.severity, given.at, given."stationTime", given.info, given."remoteAddress"
FROM json_to_recordset($1::json) AS given(tenant text, id uuid, station text, source text, type text, severity text, at timestamptz,
  "stationTime" timestamptz, info text, "remoteAddress" text)
JOIN device_config.stations s ON s.tenant = given.tenant AND s.station = given.station
ON CONFLICT DO NOTHING RETURNING id`;

/** Security events of stations that exist; each is stored and published once. */
export class TypeormSecurityEvents {
  private readonly listed: TypeormList<SecurityEventRow, SecurityEventFilters, SecurityEventSort>;

  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
  ) {
    this.listed = new TypeormList(dataSource, SECURITY_EVENT_LIST);
  }

  /** Returns those that are new. */
  async writeMany(events: readonly SecurityEvent[]): Promise<SecurityEvent[]> {
    return events.length === 0 ? [] : this.dataSource.transaction((manager) => this.writeIn(manager, events));
  }

  /** The same, with what they are about: within the transaction that changes it. */
  async writeIn(manager: EntityManager, events: readonly SecurityEvent[]): Promise<SecurityEvent[]> {
    const rows: { id: string }[] = await manager.query(WRITE, [JSON.stringify(events)]);
    const ids = new Set(rows.map(({ id }) => id));
    const added = events.filter(({ id }) => ids.delete(id)); // of two that are the same, one
    await this.outbox.add(manager, added.map(securityEventPublished));
    return added;
  }

  list(tenant: string): ListSource<SecurityEvent, SecurityEventFilters, SecurityEventSort> {
    return shownAs(this.listed.of(tenant), (rows) => rows.map(toEvent));
  }
}

/** Within the transaction that deletes the tenant. */
export async function removeSecurityEvents(manager: EntityManager, tenant: string): Promise<void> {
  await manager.query('DELETE FROM device_config.security_events WHERE tenant = $1', [tenant]);
}

function toEvent({ at, stationTime, ...rest }: SecurityEventRow): SecurityEvent {
  return { ...rest, at: at.toISOString(), stationTime: stationTime?.toISOString() ?? null };
}
